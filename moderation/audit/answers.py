"""What the page says first: five questions to a run, each with its answer and the reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from moderation.audit.images import missing, none_had, outcomes
from schemas.audit import Audit
from schemas.precision import Precision

Tone = Literal["ok", "warn", "bad", ""]
_BAND = "review_band:"


@dataclass(frozen=True, slots=True)
class Detail:
    """One line under an answer."""

    text: str
    section: str = ""
    """Of the page, where more of it stands."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question to the run."""

    question: str
    said: str
    details: tuple[Detail, ...] = ()
    tone: Tone = ""


def first_answers(audit: Audit) -> tuple[Answer, ...]:
    """The five, in the order a reader asks them."""
    return (
        _judged(audit),
        _flagged(audit),
        _trusted(audit),
        _changed(audit),
        _looked_at_first(audit),
    )


def _judged(audit: Audit) -> Answer:
    books, question = audit.account, "Did we judge everything?"
    details = tuple(_losses(audit))
    if not audit.reconciles:
        return Answer(question, "Nobody knows: the books do not reconcile", details, "bad")
    if not books.read:
        return Answer(question, "There was no row to judge", details, "warn")
    judged = books.read - books.dead_lettered
    if judged == books.read and not books.lost:
        return Answer(question, f"Yes, all {_many(judged, 'row')} have a verdict", details, "ok")
    said = f"{judged:,} of {_many(books.read, 'row')} have a verdict ({_share(judged, books.read)})"
    return Answer(question, said, details, "warn" if judged else "bad")


def _losses(audit: Audit) -> Iterator[Detail]:
    books = audit.account
    if audit.dead_letters:
        most = audit.dead_letters[0]
        text = f"{_many(books.dead_lettered, 'dead letter')}: {most.code}"
        if len(audit.dead_letters) > 1:
            text += f" {most.rows:,}, and {_many(len(audit.dead_letters) - 1, 'other code')}"
        yield Detail(text, "dead_letters")
    if books.lost:
        files = _many(audit.unreadable_files, "file")
        yield Detail(f"{_many(books.lost, 'further row')} lost with {files}", "account")


def _flagged(audit: Audit) -> Answer:
    question, whole = "What did we flag?", audit.account.read - audit.account.dead_lettered
    made = {
        name: sum(decisions.get(name, 0) for decisions in audit.decisions.values())
        for name in ("flag", "review")
    }
    if not whole:
        return Answer(question, "Nothing: no row has a verdict")
    said = (
        f"{_many(made['flag'], 'row')} flagged ({_share(made['flag'], whole)}), "
        f"{made['review']:,} for people to decide ({_share(made['review'], whole)})"
    )
    raised = {flag: sides.get("true", 0) for flag, sides in audit.flags.items()}
    ordered = sorted(raised.items(), key=lambda each: (-each[1], each[0]))
    told = ", ".join(f"{flag} {rows:,}" for flag, rows in ordered)
    return Answer(question, said, (Detail(f"Raised: {told}", "decisions"),) if told else ())


def _trusted(audit: Audit) -> Answer:
    doubts = tuple(_doubts(audit))
    question = "Can we trust it?"
    if not doubts:
        return Answer(question, "Nothing in this run speaks against it", tone="ok")
    said = f"{_many(len(doubts), 'thing')} to weigh"
    return Answer(question, said, doubts, "warn")


def _doubts(audit: Audit) -> Iterator[Detail]:
    images = outcomes(audit.images)
    if nothing := none_had(images):
        yield Detail(f"{nothing[0].upper()}{nothing[1:]}", "decisions")
    elif lost := missing(images):
        wanted = sum(images.values())
        yield Detail(
            f"{lost:,} of {_many(wanted, 'image')} could not be had ({_share(lost, wanted)})",
            "decisions",
        )
    unread = sum(n for ending, n in audit.readings.items() if ending not in ("read", "empty"))
    if unread:
        yield Detail(f"{_many(unread, 'picture')} whose text could not be read", "decisions")
    if audit.precision and audit.precision.used is not Precision.FLOAT32:
        yield Detail(f"The model computed in {audit.precision.used.value}", "about")
    if drifted := _drifted(audit):
        yield Detail(f"Not as in the run before: {', '.join(drifted)}", "drift")
    if never := audit.model.get("never_seen"):
        yield Detail(f"The model's card names {_many(len(never), 'thing')} it never saw", "about")


def _changed(audit: Audit) -> Answer:
    question, drift = "What changed since the run before?", audit.drift
    if drift is None or not drift.baseline:
        why = f": {drift.why_none}" if drift and drift.why_none else ""
        return Answer(question, f"Unknown{why or ', no earlier run was compared with'}")
    details = [Detail(f"Compared with {drift.baseline}", "drift")]
    if drift.changes:
        what = ", ".join(change.what for change in drift.changes)
        details.append(Detail(f"Not as it was: {what}", "drift"))
    if drift.decisions:
        moved, both = drift.decisions.changed, drift.decisions.items
        if both:
            told = f"{moved:,} of {_many(both, 'item')} that both saw decided otherwise"
            details.append(Detail(told, "drift"))
    if not drift.alarms:
        return Answer(question, "Nothing beyond chance that matters", tuple(details), "ok")
    drifted = ", ".join(_drifted(audit)[:3])
    return Answer(question, f"Beyond chance: {drifted}", tuple(details), "warn")


def _drifted(audit: Audit) -> list[str]:
    """What is not as it was, once for all its distances."""
    alarms = audit.drift.alarms if audit.drift else []
    return list(dict.fromkeys(measure.words for measure, _ in alarms))


def _looked_at_first(audit: Audit) -> Answer:
    question = "What should people look at first?"
    waiting = sum(decisions.get("review", 0) for decisions in audit.decisions.values())
    near = {
        reason.removeprefix(_BAND): rows
        for reason, rows in audit.review_reasons.items()
        if reason.startswith(_BAND)
    }
    details = [
        Detail(f"{_many(rows, 'row')} near the threshold of {flag}", "decisions")
        for flag, rows in sorted(near.items(), key=lambda each: (-each[1], each[0]))
    ]
    retried = sum(letter.rows for letter in audit.dead_letters if letter.retryable)
    if retried:
        details.append(Detail(f"{_many(retried, 'dead letter')} may pass later", "dead_letters"))
    if not waiting:
        return Answer(question, "No row waits for a person", tuple(details))
    return Answer(question, f"{_many(waiting, 'row')} in the review queue", tuple(details))


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}"
