"""What is said of nights: before the first is scored, and after the last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.command.summary_lines import many
from pipelines.nightly.drive import Outcome
from pipelines.nightly.nights import Found, Night, State
from pipelines.nightly.options import NightlyOptions


def to_score(nights: Sequence[Night], options: NightlyOptions) -> list[Night]:
    """Those that something is done about, oldest first; the last one though it has no inputs."""
    done = {State.COMMITTED} | ({State.LATE} if options.late == "report" else set())
    last = nights[-1:]
    return [
        night
        for night in nights
        if night.state not in done and (night.state is not State.NO_INPUTS or night in last)
    ]


def before(found: Found, nights: Sequence[Night], options: NightlyOptions) -> Iterator[str]:
    """What a person should know before the first night is scored."""
    if found.older:
        yield (
            f"{many(len(found.older), 'older night')} with inputs and without a committed run, "
            f"{found.older[0]} to {found.older[-1]}: a longer --look_back scores them"
        )
    for night in found.nights:
        if night.state is State.NO_INPUTS and night not in nights:
            yield f"{night.day} has no inputs: {night.inputs}"
        if night.state is State.LATE and night not in nights:
            yield f"{night.day} grew after its commit ({night.why}): see --late"
    named = ", ".join(f"{night.day} ({night.state.value})" for night in nights)
    verb = "would be scored" if options.dry_run else "to score, oldest first"
    yield f"{many(len(nights), 'night')} {verb}: {named}" if nights else "no night is left to score"


def report(nights: Sequence[Night], outcomes: Sequence[Outcome]) -> str:
    """One line a night, and one for all."""
    lines = [outcome.line() for outcome in outcomes]
    lines += [f"{night.day}  NOT SCORED, stopped before" for night in nights[len(outcomes) :]]
    open_ = sum(outcome.code != 0 for outcome in outcomes) + len(nights) - len(outcomes)
    lines.append(f"{many(open_, 'night')} of {len(nights)} without a committed run")
    return "\n".join(lines)
