"""The few lines at the end of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipelines.command.summary_lines import many
from schemas.nights import Night, Nights, NightState

_LAST = 7


def summary(nights: Nights, written: tuple[str, str]) -> str:
    """How many nights there are, the last of them, and where the page lies."""
    states = Counter(night.state.value for night in nights.nights)
    committed = [night for night in nights.nights if night.state is NightState.COMMITTED]
    lines = [
        f"{many(len(nights.nights), 'run')} in {nights.runs_dir}: "
        + ", ".join(f"{count:,} {state}" for state, count in states.items())
    ]
    lines += [f"  {line}" for night in committed[-_LAST:] for line in _lines(night)]
    lines += [
        f"  {night.run_id}: {night.state.value}: {night.why}"
        for night in nights.nights[-_LAST:]
        if night.state is not NightState.COMMITTED
    ]
    if nights.decisions_files:
        unmatched = f", {nights.decisions_unmatched:,} on items of no review queue here"
        lines.append(f"  {many(nights.decisions, 'decision')}{unmatched}")
    return "\n".join([*lines, "", f"  page   {written[0]}", f"  JSON   {written[1]}"])


def _lines(night: Night) -> Iterator[str]:
    books, drift = night.account, night.drift
    assert books is not None
    told = f"{night.run_id}: read {books.read:,}, dead-lettered {books.dead_lettered:,}"
    raised = [
        f"{each.flag} {each.raised.value:.2%}"
        for each in night.flags
        if each.raised.value is not None
    ]
    yield f"{told}; {', '.join(raised)}" if raised else told
    if night.changes:
        yield "  changed: " + "; ".join(f"{c.what} {c.before} to {c.now}" for c in night.changes)
    if drift and drift.alarms:
        more = f" and {len(drift.alarms) - 2:,} more" * (len(drift.alarms) > 2)
        yield f"  drift: {'; '.join(drift.alarms[:2])}{more}"
