"""What a row costs ``pipelines.score`` with a model that costs nothing, by two checkouts.

    git worktree add /tmp/before 0b1d1b6
    python -m benchmarks.plumbing --before /tmp/before

Each round is a process of its own, with this interpreter and a stand-in for the model's weights
(``stand_in.py``), that scores a thousand rows to be warm, then a smaller and a larger input: what
the larger one cost beyond the smaller, by the rows it has more, so that start-up falls out.
Processor time is of all threads, memory the process's peak. The checkouts take turns; told are the
medians, and the least of the times, which other work on the machine disturbs least.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.plumbing.rows import INPUTS, write

_COMMON = ("--runner=DirectRunner", "--no_progress")
_WARM = 1_000


@dataclass(frozen=True)
class Cost:
    """Of one run, or of one row."""

    processor_s: float
    bytes: float

    def a_row_more(self, smaller: Cost, rows: int) -> Cost:
        """The slope from a smaller run to this one."""
        return Cost(
            (self.processor_s - smaller.processor_s) / rows, (self.bytes - smaller.bytes) / rows
        )


@dataclass(frozen=True)
class Side:
    """One checkout, and what its runs cost a row."""

    checkout: Path
    flags: tuple[str, ...]
    costs: list[Cost] = field(default_factory=list)

    @property
    def median(self) -> Cost:
        """Of all rounds."""
        return Cost(
            statistics.median(cost.processor_s for cost in self.costs),
            statistics.median(cost.bytes for cost in self.costs),
        )


def run(side: Side, inputs: Sequence[Path], output: Path) -> list[Cost]:
    """Scores files one by one in one process.

    Raises:
        SystemExit: a run did not commit.
    """
    shutil.rmtree(output, ignore_errors=True)
    stand_in = str(Path(__file__).with_name("stand_in.py"))
    command = [sys.executable, stand_in, *map(str, inputs), "--"]
    command += [*_COMMON, *side.flags, "--output", str(output)]
    environment = {**os.environ, "PYTHONPATH": str(side.checkout)}
    done = subprocess.run(
        command, cwd=side.checkout, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{side.checkout}: {done.stderr[-2000:]}")
    return [Cost(*each) for each in json.loads(done.stdout.splitlines()[-1])]


def measure(sides: Sequence[Side], name: str, *, sizes: tuple[int, int], rounds: int) -> None:
    """Adds each round's cost a row to the sides."""
    small, large = sizes
    with tempfile.TemporaryDirectory() as folder:
        files = [write(Path(folder), name, rows=rows) for rows in (_WARM, small, large)]
        for turn in range(rounds):
            for side in sides if turn % 2 == 0 else reversed(sides):
                _, few, many = run(side, files, Path(folder) / "out")
                side.costs.append(many.a_row_more(few, large - small))


def told(name: str, sides: Sequence[Side]) -> str:
    """A line of the table."""
    costs = [side.median for side in sides]
    least = [min(cost.processor_s for cost in side.costs) for side in sides]
    line = f"| {name} | " + " | ".join(f"{1e6 * cost.processor_s:.0f}" for cost in costs)
    if len(costs) > 1:
        line += f" | {costs[1].processor_s / costs[0].processor_s:.2f}"
    line += " | " + " | ".join(f"{1e6 * each:.0f}" for each in least)
    if len(costs) > 1:
        line += f" | {least[1] / least[0]:.2f}"
    line += " | " + " | ".join(f"{cost.bytes:,.0f}" for cost in costs)
    return f"{line} | {costs[1].bytes / costs[0].bytes:.2f} |" if len(costs) > 1 else f"{line} |"


def main() -> None:
    """Prints a table: µs and bytes a row, before and after."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--before", type=Path, help="without: only --after is measured")
    parser.add_argument("--after", type=Path, default=Path())
    parser.add_argument("--rows", type=int, nargs=2, default=(20_000, 100_000))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=INPUTS, help="one of the inputs")
    parser.add_argument(
        "--after_flags", default="", help="of the later build alone, separated by blanks"
    )
    given = parser.parse_args()
    after = (given.after.resolve(), tuple(given.after_flags.split()))
    sides = [(given.before.resolve(), ()), after] if given.before else [after]
    columns = (" | before | after | ratio" if given.before else " | this build") * 3
    print(f"| processor µs a row, the least of them, bytes a row{columns} |")
    for name in [given.only] if given.only else INPUTS:
        here = [Side(*side) for side in sides]
        measure(here, name, sizes=tuple(given.rows), rounds=given.rounds)
        print(told(name, here), flush=True)


if __name__ == "__main__":
    main()
