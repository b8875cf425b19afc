"""What the audit costs beside a run that only accounts for its rows; the model costs nothing.

    python -m benchmarks.audit --rows 20000 1000000 --rounds 1

Each turn is a process of its own that scores a thousand rows to be warm, then a smaller and a
larger input: what the larger one cost beyond the smaller, by the rows it has more, so that start-up
falls out. Processor time is of all threads. Beside it the pickled size of the tally and of all sums
that the closing step has.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.plumbing.rows import INPUTS, write

_FLAGS = ("--runner=DirectRunner", "--no_progress", "--baseline", "none")
_WARM = 1_000


@dataclass
class Side:
    """One way to run."""

    name: str
    audit: str = "all"
    flags: tuple[str, ...] = ()
    us_a_row: list[float] = field(default_factory=list)
    bytes: int = 0

    def take_turn(self, files: Sequence[Path], folder: Path, *, rows: int) -> None:
        """Score the files once."""
        stand_in = str(Path(__file__).with_name("stand_in.py"))
        command = [sys.executable, stand_in, *map(str, files), "--", *_FLAGS, *self.flags]
        with tempfile.TemporaryDirectory(dir=folder) as output:
            done = subprocess.run(
                [*command, "--output", output],
                env={**os.environ, "PYTHONPATH": os.getcwd(), "AUDIT": self.audit},
                capture_output=True,
                text=True,
            )
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        _, (small, _), (large, size) = json.loads(done.stdout.splitlines()[-1])
        self.us_a_row.append(1e6 * (large - small) / rows)
        self.bytes = max(self.bytes, size)


def main() -> None:
    """Prints a table: µs a row, beside the account alone, and bytes."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--rows", type=int, nargs=2, default=(20_000, 200_000))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=INPUTS, default="pairs.parquet")
    given = parser.parse_args()
    sides = [Side("account alone", "account"), Side("audit")]
    if given.only.startswith("pairs"):
        sides.append(Side("and slices", flags=("--slices", "lang,source,created_at:day")))
    small, large = given.rows
    with tempfile.TemporaryDirectory() as folder:
        files = [write(Path(folder), given.only, rows=rows) for rows in (_WARM, small, large)]
        for turn in range(given.rounds):
            for side in sides if turn % 2 == 0 else reversed(sides):
                side.take_turn(files, Path(folder), rows=large - small)
    print(f"| {given.only}, {large:,} rows | µs a row | the least | beside | bytes |")
    for side in sides:
        ratio = statistics.median(
            mine / base for mine, base in zip(side.us_a_row, sides[0].us_a_row, strict=True)
        )
        told = f"{statistics.median(side.us_a_row):.1f} | {min(side.us_a_row):.1f}"
        print(f"| {side.name} | {told} | {ratio:.3f} | {side.bytes:,} |", flush=True)


if __name__ == "__main__":
    main()
