"""``pipelines.score`` of the checkout on ``PYTHONPATH``, from the first read to ``_SUCCESS``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from clocks import given, slope, tell


def command() -> Callable[[Sequence[str]], int]:
    """Its entry, which stood elsewhere in older builds."""
    try:
        from pipelines.score.__main__ import main
    except ModuleNotFoundError:
        from pipelines.score import main  # type: ignore[attr-defined,no-redef]
    found: Callable[[Sequence[str]], int] = main
    return found


def verdicts(run: Path) -> int:
    """Rows that a run wrote."""
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(file).num_rows for file in run.glob("verdicts/**/*.parquet"))


def main(job: dict[str, Any]) -> None:
    entry = command()

    def work(rows: int) -> None:
        output = Path(job["output"])
        shutil.rmtree(output, ignore_errors=True)
        flags = [*job["flags"], "--limit", str(rows), "--input", job["records"]]
        flags += ["--output", str(output), "--run_id", "r", "--no_progress"]
        code = entry(flags)
        found = verdicts(output / "run_id=r")
        if code or found != rows:
            sys.exit(f"pipelines.score ended with {code} and {found} verdicts of {rows} rows")

    tell(slope(work, few=job["few"], rows=job["rows"]))


if __name__ == "__main__":
    main(given())
