"""The reviewer's page: a run's queue in the browser, decisions in a file.

``python -m pipelines.review runs/run_id=2026-11-28``
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from pipelines.command import ending, stopping
from pipelines.command.run import DONE, FAILED, USAGE, say
from pipelines.command.usage import UsageError
from pipelines.review.options import ReviewOptions, parse


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until stopped; return the exit code (0 done, 1 failed, 2 usage)."""
    if argv is None:
        stopping.begin()
    try:
        options = parse(argv)
        ending.quieten(verbose=False)
        return _serve(options)
    except UsageError as error:
        return say(f"review: error: {error}", USAGE)
    except KeyboardInterrupt:
        return say("\nstopped: every decision is safe", stopping.code_of(signal.SIGINT))
    except Exception as error:  # a store that is down, a folder that is closed
        return say(f"review: failed: {ending.cause(error)}", FAILED)


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
