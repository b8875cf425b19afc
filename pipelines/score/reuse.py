"""Which committed runs a run's scores may come from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from moderation.models.bundle import Bundle
from moderation.runs.committed import CommittedRun, RunError, match_runs, newest_run, open_run
from moderation.runs.directory import RunDirectory
from pipelines.command.places import expect_another
from pipelines.command.usage import UsageError
from pipelines.score.options import ScoreOptions

_LATEST = "latest"


class Reused(NamedTuple):
    """What ``--reuse`` names."""

    runs: tuple[CommittedRun, ...]
    """The newest first."""
    words: tuple[str, ...]
    """What a person should know where there are none."""

    def words_beside(self, bundle: Bundle) -> tuple[str, ...]:
        """What a person should know of them."""
        others = (run for run in self.runs if run.model_identity != bundle.identity)
        return (*(_other_model(run, bundle) for run in others), *self.words)


def reused_runs(options: ScoreOptions, directory: RunDirectory) -> Reused:
    """Open the runs that are to be reused.

    Raises:
        UsageError: one is not there, not committed, or no scoring run.
    """
    try:
        found = {run.path: run for run in _opened(options, directory)}
    except RunError as error:
        raise UsageError.of(error) from error
    runs = sorted(found.values(), key=lambda run: run.manifest.finished_at, reverse=True)
    if _LATEST in options.reuse and not found:
        words = f"--reuse latest: no committed run under {directory.output} yet, all is scored"
        return Reused((), (words,))
    return Reused(tuple(runs), ())


def _opened(options: ScoreOptions, directory: RunDirectory) -> Iterator[CommittedRun]:
    for given in options.reuse:
        if given == _LATEST:
            latest = newest_run(directory.output, but=directory.path, name="reuse")
            if latest:
                yield from _with_parents(latest, but=directory.path)
            continue
        for path in match_runs(given, name="reuse"):
            expect_another("reuse", path, directory)
            yield open_run(path, name="reuse")


def _with_parents(newest: CommittedRun, *, but: str) -> Iterator[CommittedRun]:
    """A run, and before it those whose dead letters it drove: it judged only what they had lost."""
    waiting, seen = [newest], {but}
    while waiting:
        run = waiting.pop()
        if run.path in seen:  # runs made anew may have driven each other's letters
            continue
        seen.add(run.path)
        yield run
        for parent in run.manifest.parents:
            with suppress(RunError):  # gone since, or never committed
                waiting.append(open_run(parent.path or "", name="reuse"))


def _other_model(run: CommittedRun, bundle: Bundle) -> str:
    if run.manifest.model_fingerprint == bundle.fingerprint:
        return (
            f"--reuse {run.path}: the model judged it in {run.precision.value}, and now computes "
            f"in {bundle.precision.value}: nothing is carried over"
        )
    return (
        f"--reuse {run.path}: another model judged it "
        f"({run.manifest.model_fingerprint[:12]}), nothing is carried over"
    )
