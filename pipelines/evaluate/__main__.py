"""How good a model is: its verdicts meet the truth, and every figure comes with an interval.

``python -m pipelines.evaluate --verdicts 'runs/run_id=*' --labels test.jsonl``
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from pipelines.command.run import run
from pipelines.evaluate.options import EvaluateOptions


def _job() -> Any:
    """Only once the libraries behind it were told to be quiet."""
    from pipelines.evaluate.job import JOB

    return JOB


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; return its exit code (0 done, 1 failed, 2 usage, 3 a gate broke)."""
    return run(EvaluateOptions, _job, argv)


if __name__ == "__main__":
    sys.exit(main())
