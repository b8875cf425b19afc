"""When a training set is not good enough to commit: decisions that nobody could use, lost rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from moderation.audit.tally import Tally
from moderation.option_error import option
from moderation.runs.budgets import over
from moderation.runs.gates import Gates, example
from schemas.codes import Code, Stage
from schemas.export import NoDecision

USABLE = frozenset({Code.TIED_DECISIONS.value})
"""Dead letters of decisions that were understood: they contradict one another."""


def broken_gate(
    tally: Tally, decisions_read: int, *, gates: Gates, max_unusable: float
) -> str | None:
    """Why the set must not be committed; None where every gate holds.

    Args:
        tally: of the whole export.
        decisions_read: entries of decisions files, those that are no decision too.
        gates: the failure budget, and whether a set may be empty.
        max_unusable: share of the decisions that cannot be used, at most.
    """
    if why := gates.files_lost(tally):
        return why
    decisions_read -= sum(tally.of("decision").get(each.value, 0) for each in NoDecision)
    unusable = sum(unusable_decisions(tally).values())
    if over(unusable, decisions_read, max_unusable):
        return (
            f"{told_unusable(tally, decisions_read)}: more than "
            f"{option('max_unusable_decision_ratio')} {max_unusable:g} allows; "
            "dead_letters/ has each"
        )
    verdicts = tally.of("verdict")
    exported, lost = verdicts.get("exported", 0), verdicts.get("dead_lettered", 0)
    if not exported and not gates.allow_empty:
        told = ", ".join(f"{name} {rows:,}" for name, rows in verdicts.items())
        why = f"; {told_unusable(tally, decisions_read)}" if unusable else ""
        return f"no row was selected ({told}){why}: {option('allow_empty')} commits such a set"
    return "; ".join(_over_budget(tally, decisions_read, lost + exported, gates=gates)) or None


def _over_budget(tally: Tally, decisions: int, selected: int, *, gates: Gates) -> Iterator[str]:
    """Budgets that were not kept: of the decisions, and of the rows that were selected."""
    of_rows = Counter[str]()
    for (stage, code), rows in tally.family("dead").items():
        if stage != Stage.DECIDE.value:
            of_rows[code] += rows
    for what, lost, of in (
        ("decisions", tally.of("dead", Stage.DECIDE.value), decisions),
        ("selected rows", of_rows, selected),
    ):
        yield from gates.budgets.broken(
            lost, of, what=what, example=lambda code: example(tally, code)
        )


def unusable_decisions(tally: Tally) -> dict[str, int]:
    """Decisions that could not be used, by code."""
    dead = tally.of("dead", Stage.DECIDE.value)
    return {code: rows for code, rows in dead.items() if code not in USABLE}


def told_unusable(tally: Tally, decisions_read: int) -> str:
    """How many decisions were unusable and why, with an example of the commonest reason."""
    unusable = unusable_decisions(tally)
    by_rows = sorted(unusable.items(), key=lambda entry: (-entry[1], entry[0]))
    told = ", ".join(f"{rows:,} {code}" for code, rows in by_rows)
    examples = tally.examples.get((Stage.DECIDE.value, by_rows[0][0])) if by_rows else None
    shown = ""
    if examples:
        source, row, _, message = examples[0]
        shown = f"; as in {source}, row {row}: {message}"
    return (
        f"{sum(unusable.values()):,} of {decisions_read:,} decisions cannot be used ({told}{shown})"
    )
