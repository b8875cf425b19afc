"""What a person should look at first: what waits, what stands out, what may pass later."""

from __future__ import annotations

from collections.abc import Iterator

from moderation.audit.answer import Answer, Detail, many
from schemas.audit import Audit
from schemas.policy import CLEAR_SAMPLE, FLAG_SAMPLE
from schemas.repeats import Repeats
from schemas.slices import Differs

_BAND = "review_band:"


def looked_at_first(audit: Audit) -> Answer:
    """How many rows wait for people, and where to begin."""
    question = "What should people look at first?"
    waiting = sum(decisions.get("review", 0) for decisions in audit.decisions.values())
    near = {
        reason.removeprefix(_BAND): rows
        for reason, rows in audit.review_reasons.items()
        if reason.startswith(_BAND)
    }
    details = [
        Detail(f"{many(rows, 'row')} near the threshold of {flag}", "decisions")
        for flag, rows in sorted(near.items(), key=lambda each: (-each[1], each[0]))
    ]
    drawn = sum(audit.review_reasons.get(sample, 0) for sample in (CLEAR_SAMPLE, FLAG_SAMPLE))
    if drawn:
        details.append(
            Detail(f"{many(drawn, 'row')} drawn as a sample, decided already", "decisions")
        )
    details += _worst(audit)
    retried = sum(letter.rows for letter in audit.dead_letters if letter.retryable)
    if retried:
        details.append(Detail(f"{many(retried, 'dead letter')} may pass later", "dead_letters"))
    if not waiting:
        return Answer(question, "No row waits for a person", tuple(details))
    return Answer(question, f"{many(waiting, 'row')} for people to decide", tuple(details))


def _worst(audit: Audit) -> Iterator[Detail]:
    """The slice that is flagged most beyond the others, and what was posted most of all."""
    if audit.slices and audit.slices.slices:
        worst = audit.slices.slices[0]
        for flag in worst.flags:
            if flag.differs is Differs.HIGHER:
                name = f"{worst.column} {worst.value or worst.kind.value.replace('_', ' ')}"
                rates = f"{flag.raised.value or 0:.1%} {flag.flag}, {flag.rest.value or 0:.1%}"
                yield Detail(f"Slice {name}: {rates} in all others", "slices")
                break
    for what, found in _repeated(audit):
        if found.most and found.most[0].rows_flagged:
            rows = many(found.most[0].rows, "row")
            yield Detail(f"One {what} in {rows}, {found.most[0].rows_flagged:,} flagged", "repeats")


def _repeated(audit: Audit) -> tuple[tuple[str, Repeats], ...]:
    if audit.repeated is None:
        return ()
    return ("text", audit.repeated.texts), ("picture", audit.repeated.pictures)
