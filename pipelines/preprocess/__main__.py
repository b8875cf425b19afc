"""Labelled records in; TFRecords of ``tf.train.Example`` out, in splits that do not leak.

``python -m pipelines.preprocess --runner=DirectRunner`` takes the built-in sample.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from pipelines.command.run import run
from pipelines.preprocess.options import PreprocessOptions


def _job() -> Any:
    """Only once the libraries behind it were told to be quiet."""
    from pipelines.preprocess.job import JOB

    return JOB


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; return its exit code (0 done, 1 failed, 2 usage, 3 a gate broke)."""
    return run(PreprocessOptions, _job, argv)


if __name__ == "__main__":
    sys.exit(main())
