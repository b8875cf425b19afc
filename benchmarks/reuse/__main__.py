"""A night of which nine tenths were judged before, with ``--reuse`` and without.

    python -m benchmarks.reuse
    python -m benchmarks.reuse --rows 20000

The built-in model over made-up memes without pictures. Each run is a process of its own; what a run
over one row costs is taken from each, so that the rows alone are compared.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from benchmarks.memory.inputs import distinct, jsonl

MOST_SHARE = 0.15
KNOWN = 0.9


class Cost(NamedTuple):
    """Of one run."""

    processor_s: float
    seconds: float

    def without(self, start: Cost) -> Cost:
        """What of it the rows cost."""
        return Cost(self.processor_s - start.processor_s, self.seconds - start.seconds)


def run(folder: Path, run_id: str, records: Iterable[dict[str, object]], *flags: str) -> Cost:
    """Score records as one night.

    Raises:
        SystemExit: the run did not commit.
    """
    source = folder / f"{run_id}.jsonl"
    jsonl(source, records)
    command = [sys.executable, "-m", "pipelines.score", "--runner=DirectRunner", "--no_progress"]
    command += ["--input", str(source), "--output", str(folder / "runs"), "--run_id", run_id]
    began = time.monotonic()
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen([*command, *flags], stdout=told, stderr=subprocess.STDOUT)
        _, status, spent = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            told.seek(0)
            raise SystemExit(told.read().decode(errors="replace")[-2000:])
    return Cost(spent.ru_utime + spent.ru_stime, time.monotonic() - began)


def main() -> int:
    """Print what both nights cost; 1 where reuse saves too little."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--rows", type=int, default=6_000)
    rows = parser.parse_args().rows
    old = int(KNOWN * rows)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        run(folder, "before", distinct(rows))
        start = run(folder, "start", distinct(1, start=3 * rows))
        tonight = [*chain(distinct(old), distinct(rows - old, start=rows))]
        fresh = run(folder, "fresh", tonight).without(start)
        before = str(folder / "runs" / "run_id=before")
        reused = run(folder, "reused", tonight, "--reuse", before).without(start)
    share = reused.processor_s / fresh.processor_s
    print(f"{rows:,} rows, {old:,} of them judged before; one row: {start.processor_s:.1f} s")
    for name, cost in (("without reuse", fresh), ("with reuse", reused)):
        print(f"  {name:<14} {cost.processor_s:8.2f} s of processor {cost.seconds:8.2f} s by clock")
    by_clock = reused.seconds / fresh.seconds
    print(f"  share          {share:8.3f}   of processor {by_clock:8.3f}   by clock")
    return 0 if share <= MOST_SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
