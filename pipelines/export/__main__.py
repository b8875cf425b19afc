"""The way back: verdicts and reviewers' decisions in, a versioned training set out.

``python -m pipelines.export --run 'runs/run_id=*' --decisions decisions.jsonl``
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from pipelines.command.run import run
from pipelines.export.options import ExportOptions


def _job() -> Any:
    """Only once the libraries behind it were told to be quiet."""
    from pipelines.export.job import JOB

    return JOB


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; return its exit code (0 done, 1 failed, 2 usage, 3 a gate broke)."""
    return run(ExportOptions, _job, argv)


if __name__ == "__main__":
    sys.exit(main())
