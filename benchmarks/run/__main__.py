"""Beside its peers, a limit and an earlier build: the table of docs/performance.md.

    python -m benchmarks.run --list
    python -m benchmarks.run --only limit duplicates --rounds 3 --pairs 320
    python -m benchmarks.run --before ../earlier --ray_python RAY/bin/python \\
        --img2dataset_python IMG2DATASET/bin/python

All ways of a row take turns in one run, each in a process of its own; who is first changes from
round to round. Start-up is not counted: a way takes a few rows to be warm, then a few, then a few
and all the others, and told is the difference between the last two, by rows. Ratios are of the ways
of one round; told are their median and, in brackets, the least and the most. Exits with 1 where a
row failed, with 0 also where targets are missed, which the table says.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from benchmarks.run import machine
from benchmarks.run.figures import spreads
from benchmarks.run.report import Found, as_json, markdown
from benchmarks.run.rows import ROWS, why_not
from benchmarks.run.settings import Settings, parser, settings
from benchmarks.run.turns import WayFailed, measured


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, write both tables, print the one; 1 where a row failed."""
    given = parser([*ROWS]).parse_args(argv)
    asked = settings(given)
    if given.list:
        print(listed(asked))
        return 0
    output = given.output or asked.work
    output.mkdir(parents=True, exist_ok=True)
    asked.work.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, _stopped)  # so that no way and no server outlives it
    facts, found = machine.facts(), []
    for name in asked.only or [*ROWS]:
        found.append(row(name, asked))
        (output / "table.md").write_text(markdown(facts, ROWS, found), encoding="utf-8")
        (output / "table.json").write_text(as_json(facts, ROWS, found), encoding="utf-8")
    print(markdown(facts, ROWS, found))
    return 1 if any(each.failed for each in found) else 0


def row(name: str, asked: Settings) -> Found:
    """One row, measured, not run, or failed."""
    if why := why_not(ROWS[name], asked):
        _tell(f"{name}: not run: {why}")
        return Found(name, not_run=why)
    _tell(f"{name}:")
    began = machine.load()
    try:
        with ROWS[name].open(asked) as ways:
            rounds = measured(ways, rounds=asked.rounds, timeout_s=asked.timeout_s, tell=_tell)
    except WayFailed as error:
        _tell(f"  failed: {error}")
        return Found(name, failed=str(error))
    compared = ROWS[name].compared(asked)
    ratios = spreads([compared(one) for one in rounds])
    return Found(name, rounds, ratios, load=(began, machine.load()))


def listed(asked: Settings) -> str:
    """Every row, and why it would not be run."""
    lines = []
    for name, each in ROWS.items():
        why = why_not(each, asked)
        lines.append(f"{name}: {each.work}; beside {each.beside}; target {each.target or 'none'}")
        lines += [f"    not run: {why}"] if why else []
    return "\n".join(lines)


def _stopped(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
