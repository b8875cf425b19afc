"""What the page says first: five questions to a run, each with its answer and the reasons."""

from __future__ import annotations

from collections.abc import Iterator

from moderation.audit.answer import Answer, Detail, many, share
from moderation.audit.first_looks import looked_at_first
from moderation.audit.images import missing, none_had, outcomes
from schemas.audit import Audit
from schemas.precision import Precision


def first_answers(audit: Audit) -> tuple[Answer, ...]:
    """The five, in the order a reader asks them."""
    return (
        _judged(audit),
        _flagged(audit),
        _trusted(audit),
        _changed(audit),
        looked_at_first(audit),
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
        return Answer(question, f"Yes, all {many(judged, 'row')} have a verdict", details, "ok")
    said = f"{judged:,} of {many(books.read, 'row')} have a verdict ({share(judged, books.read)})"
    return Answer(question, said, details, "warn" if judged else "bad")


def _losses(audit: Audit) -> Iterator[Detail]:
    books = audit.account
    if audit.dead_letters:
        most = audit.dead_letters[0]
        text = f"{many(books.dead_lettered, 'dead letter')}: {most.code}"
        if len(audit.dead_letters) > 1:
            text += f" {most.rows:,}, and {many(len(audit.dead_letters) - 1, 'other code')}"
        yield Detail(text, "dead_letters")
    if books.lost:
        files = many(audit.unreadable_files, "file")
        yield Detail(f"{many(books.lost, 'further row')} lost with {files}", "account")


def _flagged(audit: Audit) -> Answer:
    question, whole = "What did we flag?", audit.account.read - audit.account.dead_lettered
    made = {
        name: sum(decisions.get(name, 0) for decisions in audit.decisions.values())
        for name in ("flag", "review")
    }
    if not whole:
        return Answer(question, "Nothing: no row has a verdict")
    said = (
        f"{many(made['flag'], 'row')} flagged ({share(made['flag'], whole)}), "
        f"{made['review']:,} for people to decide ({share(made['review'], whole)})"
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
    said = f"{many(len(doubts), 'thing')} to weigh"
    return Answer(question, said, doubts, "warn")


def _doubts(audit: Audit) -> Iterator[Detail]:
    images = outcomes(audit.images)
    if nothing := none_had(images):
        yield Detail(f"{nothing[0].upper()}{nothing[1:]}", "decisions")
    elif lost := missing(images):
        wanted = sum(images.values())
        yield Detail(
            f"{lost:,} of {many(wanted, 'image')} could not be had ({share(lost, wanted)})",
            "decisions",
        )
    unread = sum(n for ending, n in audit.readings.items() if ending not in ("read", "empty"))
    if unread:
        yield Detail(f"{many(unread, 'picture')} whose text could not be read", "decisions")
    if audit.precision and audit.precision.used is not Precision.FLOAT32:
        yield Detail(f"The model computed in {audit.precision.used.value}", "about")
    for each in audit.distributions.calibrations if audit.distributions else ():
        if each.calibration.method == "none":
            yield Detail(f"Probabilities of {each.task} are not calibrated", "distributions")
    if drifted := _drifted(audit):
        yield Detail(f"Not as in the run before: {', '.join(drifted)}", "drift")
    if never := audit.model.get("never_seen"):
        yield Detail(f"The model's card names {many(len(never), 'thing')} it never saw", "about")


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
            told = f"{moved:,} of {many(both, 'item')} that both saw decided otherwise"
            details.append(Detail(told, "drift"))
    if not drift.measures:
        return Answer(question, "Unknown: no figure could be compared", tuple(details))
    if not drift.alarms:
        return Answer(question, "Nothing beyond chance that matters", tuple(details), "ok")
    drifted = ", ".join(_drifted(audit)[:3])
    return Answer(question, f"Beyond chance: {drifted}", tuple(details), "warn")


def _drifted(audit: Audit) -> list[str]:
    """What is not as it was, once for all its distances."""
    alarms = audit.drift.alarms if audit.drift else []
    return list(dict.fromkeys(measure.words for measure, _ in alarms))
