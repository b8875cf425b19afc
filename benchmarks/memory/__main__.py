"""Peak memory of a local run of ``pipelines.score`` over few rows and over ten times as many.

    python -m benchmarks.memory
    python -m benchmarks.memory --only memes --shrink 10

Each run is a process of its own over made-up memes, with a real bundle that costs next to nothing.
Told are the peaks of resident memory, their ratio, and what a row of the larger run costs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.memory.inputs import INPUTS
from benchmarks.memory.model import write_bundle

MOST_RATIO, MOST_BYTES = 1.15, 2 << 30
"""Of the larger run."""


@dataclass(frozen=True)
class Peak:
    """Of one run."""

    bytes: int
    processor_s: float
    seconds: float


def run(model: str, folder: Path, flags: list[str]) -> Peak:
    """Score a folder.

    Raises:
        SystemExit: the run did not commit.
    """
    output = folder.parent / "runs"
    command = [sys.executable, "-m", "pipelines.score", "--runner=DirectRunner", "--no_progress"]
    command += ["--model", model, "--input", str(folder), "--output", str(output)]
    command += ["--batch_size", "512", "--overwrite", "--run_id", "r", *flags]
    began = time.monotonic()
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT)
        _, status, spent = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            told.seek(0)
            raise SystemExit(told.read().decode(errors="replace")[-2000:])
    shutil.rmtree(output)
    return Peak(spent.ru_maxrss * 1024, spent.ru_utime + spent.ru_stime, time.monotonic() - began)


def measure(name: str, model: str, *, shrink: int, flags: list[str]) -> bool:
    """Run both sizes and tell; whether the promise holds."""
    write, sizes = INPUTS[name]
    few, many = (rows // shrink for rows in sizes)
    peaks = []
    for rows in (few, many):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "in")
            folder.mkdir()
            write(folder, rows)
            peaks.append(run(model, folder, flags))
    one, other = peaks
    ratio = other.bytes / one.bytes
    holds = ratio <= MOST_RATIO and other.bytes < MOST_BYTES
    cost = (other.processor_s - one.processor_s) / (many - few)
    print(
        f"| {name} | {few:,} | {one.bytes / 2**20:,.0f} | {many:,} | {other.bytes / 2**20:,.0f} | "
        f"{ratio:.3f} | {1e6 * cost:.0f} | {other.seconds:,.0f} | {'yes' if holds else 'NO'} |",
        flush=True,
    )
    return holds


def main() -> int:
    """Print a table; 1 where a promise does not hold."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--only", choices=INPUTS, nargs="+", default=[*INPUTS])
    parser.add_argument("--shrink", type=int, default=1, help="divide all rows by this")
    parser.add_argument("--flags", default="", help="of pipelines.score, separated by blanks")
    given = parser.parse_args()
    print("| input | rows | MiB | rows | MiB | ratio | processor µs a row | s | holds |")
    with tempfile.TemporaryDirectory() as place:
        model = write_bundle(Path(place, "model"))
        flags = given.flags.split()
        held = [measure(name, model, shrink=given.shrink, flags=flags) for name in given.only]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
