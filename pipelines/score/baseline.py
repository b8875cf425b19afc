"""Which earlier run a run is compared with."""

from __future__ import annotations

from moderation.runs.committed import CommittedRun, RunError, newest_run, open_run
from moderation.runs.directory import RunDirectory
from moderation.verdicts.baseline import open_baseline
from moderation.verdicts.run_drift import ComparedWith
from pipelines.command.places import expect_another
from pipelines.command.usage import UsageError
from pipelines.score.options import ScoreOptions

_NONE = "none"


def compared_with(
    options: ScoreOptions, directory: RunDirectory, *, default: CommittedRun | None = None
) -> ComparedWith:
    """What ``--baseline`` names; by default the run under the output that was committed last.

    Args:
        options: of the run.
        directory: where it goes.
        default: another run that it is compared with where none is named.

    Raises:
        UsageError: a run that is named is not there, not committed, or no scoring run.
    """
    if options.baseline == _NONE:
        return ComparedWith(why_none="none was asked for (--baseline none)")
    try:
        if options.baseline:
            expect_another("baseline", options.baseline, directory)
            run = open_run(options.baseline, name="baseline")
            return ComparedWith(open_baseline(run, name="baseline"), fail=options.fail_on_drift)
    except RunError as error:
        raise UsageError.of(error) from error
    try:
        newest = default or newest_run(directory.output, but=directory.path, name="baseline")
        if newest is None:
            return ComparedWith(why_none=f"no other run under {directory.output} is committed yet")
        return ComparedWith(open_baseline(newest, name="baseline"), fail=options.fail_on_drift)
    except RunError as error:  # nobody asked for it
        return ComparedWith(why_none=str(UsageError.of(error)))
