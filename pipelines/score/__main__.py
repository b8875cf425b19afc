"""The main job: records in; verdicts, dead letters, review queue and audit out.

``python -m pipelines.score --runner=DirectRunner`` scores the built-in sample.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from pipelines.command.run import run
from pipelines.score.options import ScoreOptions


def _job() -> Any:
    """Only once the libraries behind it were told to be quiet."""
    from pipelines.score.job import JOB

    return JOB


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; return its exit code (0 done, 1 failed, 2 usage, 3 a gate broke)."""
    return run(ScoreOptions, _job, argv)


if __name__ == "__main__":
    sys.exit(main())
