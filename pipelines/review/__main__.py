"""The reviewer's page: a run's queue in the browser, decisions in a file.

``python -m pipelines.review runs/run_id=2026-11-28``
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pipelines.command import stopping
from pipelines.command.run import DONE
from pipelines.command.without_beam import run_without_beam
from pipelines.review.options import ReviewOptions


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until stopped; return the exit code (0 done, 1 failed, 2 usage)."""
    return run_without_beam(ReviewOptions, _serve, argv, stopped="every decision is safe")


def _serve(options: ReviewOptions) -> int:
    from pipelines.command.work_folder import drop
    from pipelines.review.job import serve
    from pipelines.review.plan import make_plan
    from pipelines.review.summary import stopped

    plan = make_plan(options)

    def safe() -> str:
        drop()
        return stopped(plan.decisions)

    with stopping.telling(safe):
        serve(plan)
    return DONE


if __name__ == "__main__":
    sys.exit(main())
