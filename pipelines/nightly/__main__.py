"""Every night that has inputs and no committed run, scored oldest first.

``python -m pipelines.nightly --input '/items/dt={night}' --output /runs --reuse latest``
"""

from __future__ import annotations

import datetime
import logging
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.command.run import DONE, USAGE, begin_logs, remark, say
from pipelines.command.stopping import code_of
from pipelines.command.usage import UsageError
from pipelines.nightly.options import NightlyOptions, parse

if TYPE_CHECKING:
    from pipelines.nightly.drive import Score


def main(
    argv: Sequence[str] | None = None,
    *,
    score: Score | None = None,
    today: datetime.date | None = None,
) -> int:
    """Look, score, report.

    Args:
        argv: None: the process's own.
        score: carries a night out; default: a process of its own.
        today: in UTC.

    Returns:
        0 where every night is committed; 1, 2 and 3 as of a run, 128 and more after a signal.
    """
    try:
        options, flags = parse(argv)
        begin_logs(options)
        today = today or datetime.datetime.now(datetime.timezone.utc).date()
        return _carry_out(options, flags, score=score, today=today)
    except UsageError as error:
        return say(f"nightly: error: {error}", USAGE)
    except KeyboardInterrupt:
        return say("\nstopped: nothing was begun", code_of(signal.SIGINT))


def _carry_out(
    options: NightlyOptions, flags: Sequence[str], *, score: Score | None, today: datetime.date
) -> int:
    from pipelines.nightly.drive import ScoreProcess, score_nights, tell, worst
    from pipelines.nightly.nights import find_nights
    from pipelines.nightly.report import before, report, to_score

    found = find_nights(options, today)
    nights = to_score(found.nights, options)
    for line in before(found, nights, options):
        remark(f"nightly: {line}")
    if options.dry_run or not nights:
        return DONE
    process = score if isinstance(score, ScoreProcess) else ScoreProcess()
    with process.heeding():
        outcomes = list(
            score_nights(
                nights,
                flags,
                score=score or process,
                output=options.output,
                stopped=lambda: process.stopped,
            )
        )
    code = code_of(process.stopped) if process.stopped else worst(outcomes)
    told = report(nights, outcomes)
    if code and options.alert and (why := tell(options.alert, told)):
        remark(f"nightly: {why}", level=logging.WARNING)
    say(told, DONE)
    return code


if __name__ == "__main__":
    sys.exit(main())
