"""A folder's runs side by side, as a page and as JSON.

``python -m pipelines.report runs``
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from pipelines.command.run import DONE, remark, say
from pipelines.command.without_beam import run_without_beam
from pipelines.report.options import ReportOptions


def main(argv: Sequence[str] | None = None) -> int:
    """Write the report; return the exit code (0 done, 1 failed, 2 usage)."""
    return run_without_beam(ReportOptions, _report, argv)


def _report(options: ReportOptions) -> int:
    from pipelines.report.job import make, write  # pyarrow comes with it
    from pipelines.report.summary import summary

    nights = make(options)
    for problem in nights.problems:
        remark(f"report: warning: {problem}", level=logging.WARNING)
    written = write(nights, options.output)
    return say(summary(nights, written), DONE)


if __name__ == "__main__":
    sys.exit(main())
