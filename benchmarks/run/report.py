"""The table as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.run.figures import Cost, Spread, Target, spreads
from benchmarks.run.rows import Row

_HEAD = (
    "| row | work | beside | target | by the clock | by processor time | held | load |\n"
    "|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Found:
    """What became of a row."""

    name: str
    rounds: Sequence[Mapping[str, Cost]] = ()
    ratios: Mapping[str, Spread] = field(default_factory=dict)
    load: tuple[float, float] | None = None
    """When it began and when it ended."""
    not_run: str | None = None
    failed: str | None = None


def held(target: Target | None, found: Found) -> str:
    """``yes``, ``no``, or nothing where nothing was promised or measured."""
    if target is None or not found.ratios:
        return ""
    return "yes" if target.met(found.ratios) else "no"


def markdown(facts: Mapping[str, str], rows: Mapping[str, Row], found: Sequence[Found]) -> str:
    """Two tables: of ratios, and of what each way took."""
    lines = ["; ".join(f"{name} {value}" for name, value in facts.items()), "", _HEAD]
    lines += [_line(rows[each.name], each) for each in found]
    lines += ["", "| row | way | ms by the clock | ms of processor | of |", "|---|---|---|---|---|"]
    for each in found:
        for way in each.rounds[0] if each.rounds else ():
            costs = spreads([one[way] for one in each.rounds])
            cells = [_told(costs[name], 1000) for name in Cost._fields]
            lines.append(f"| {each.name} | {way} | {' | '.join(cells)} | {rows[each.name].unit} |")
    return "\n".join(lines) + "\n"


def _line(row: Row, found: Found) -> str:
    begun = f"| {found.name} | {row.work} | {row.beside} | {row.target or ''} "
    if not found.ratios:
        why = f"not run: {found.not_run}" if found.not_run else f"failed: {_one_line(found.failed)}"
        return f"{begun}| {why.replace('|', '/')} | | | |"
    ratios = [_told(found.ratios[name]) for name in Cost._fields]
    load = "–".join(f"{each:.1f}" for each in found.load or ())
    return f"{begun}| {' | '.join(ratios)} | {held(row.target, found)} | {load} |"


def as_json(facts: Mapping[str, str], rows: Mapping[str, Row], found: Sequence[Found]) -> str:
    """All of it, every round."""
    told = {"machine": dict(facts), "rows": [_row(rows[each.name], each) for each in found]}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _row(row: Row, found: Found) -> dict[str, Any]:
    return {
        "name": found.name,
        "work": row.work,
        "beside": row.beside,
        "target": row.target._asdict() if row.target else None,
        "unit": row.unit,
        "seconds": [{name: cost._asdict() for name, cost in one.items()} for one in found.rounds],
        "ratios": {name: each._asdict() for name, each in found.ratios.items()},
        "held": held(row.target, found) or None,
        "load": found.load,
        "not_run": found.not_run,
        "failed": found.failed,
    }


def _told(each: Spread, times: float = 1) -> str:
    median, least, most = (times * value for value in each)
    digits = 2 if times == 1 or median < 10 else 1
    return f"{median:.{digits}f} ({least:.{digits}f}–{most:.{digits}f})"


def _one_line(words: str | None) -> str:
    return " ".join((words or "").split())[-300:]
