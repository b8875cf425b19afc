"""A folder's runs side by side, as a page and as JSON.

``python -m pipelines.report runs``
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Sequence

from pipelines.command import ending, stopping
from pipelines.command.run import DONE, FAILED, USAGE, remark, say
from pipelines.command.usage import UsageError
from pipelines.report.options import ReportOptions, parse

_STOPPED = "nothing was changed; the same command starts anew"


def main(argv: Sequence[str] | None = None) -> int:
    """Write the report; return the exit code (0 done, 1 failed, 2 usage)."""
    if argv is None:
        stopping.begin()
    try:
        options = parse(argv)
        ending.quieten(verbose=False)
        with stopping.telling(lambda: _STOPPED):
            return _report(options)
    except UsageError as error:
        return say(f"report: error: {error}", USAGE)
    except KeyboardInterrupt:
        return say(f"\nstopped: {_STOPPED}", stopping.code_of(signal.SIGINT))
    except Exception as error:  # a store that is down, a folder that is closed
        return say(f"report: failed: {ending.cause(error)}", FAILED)


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
