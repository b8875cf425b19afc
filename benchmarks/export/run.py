"""A million verdicts exported: rows a second and peak memory of the whole process.

``python -m benchmarks.export.run --rows 1000000 --folder /tmp/export_benchmark``
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.export.synthetic import make


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--reviewed_only", action="store_true", help="default: every verdict")
    parser.add_argument("flags", nargs="*", help="further flags of pipelines.export, after --")
    args = parser.parse_args()
    run = args.folder / "runs" / "run_id=synthetic"
    if not run.exists():
        started = time.monotonic()
        make(args.folder, rows=args.rows)
        print(f"made {args.rows:,} verdicts in {time.monotonic() - started:.0f} s")
    command = [
        sys.executable, "-m", "pipelines.export", "--run", str(run),
        "--decisions", str(args.folder / "decisions.jsonl"),
        *([] if args.reviewed_only else ["--pseudo_label_above", "0"]),
        "--output", str(args.folder / "sets"), "--run_id", "benchmark", "--overwrite",
        "--no_progress", *args.flags,
    ]  # fmt: skip
    started = time.monotonic()
    finished = subprocess.run(command, check=False)
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    if finished.returncode:
        return finished.returncode
    report = json.loads((args.folder / "sets/run_id=benchmark/export.json").read_text())
    print(
        f"\n{report['verdicts_read']:,} verdicts, {report['decisions_read']:,} decisions, "
        f"{report['rows']:,} rows out: {seconds:.0f} s, "
        f"{report['verdicts_read'] / seconds:,.0f} verdicts/s, peak {peak / 2**30:.2f} GiB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
