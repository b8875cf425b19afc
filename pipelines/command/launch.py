"""From checked flags to an exit code: quiet libraries, a plan, a run, a summary.

What differs between jobs is a ``Job``; how a run starts, waits, fails and ends is the same.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from moderation.images.printing import safe_message
from moderation.runs.claim import RunClaimed, claimed
from moderation.runs.directory import OWN, RunCommitted, RunDirectory
from pipelines.command import ending, stopping
from pipelines.command.flags import UsageError

DONE, FAILED, USAGE, GATE = 0, 1, 2, 3


class JobOptions(Protocol):
    """The flags that every job has."""

    @property
    def dry_run(self) -> bool:
        """Check everything, do nothing."""

    @property
    def overwrite(self) -> bool:
        """Give up a committed run of the same id."""

    @property
    def verbose(self) -> bool:
        """Let Beam and TensorFlow talk."""

    @property
    def no_progress(self) -> bool:
        """Show no progress line."""


class JobPlan(Protocol):
    """What every job settles before its first row."""

    @property
    def directory(self) -> RunDirectory:
        """Where the run goes."""


Options = TypeVar("Options", bound=JobOptions)
Plan = TypeVar("Plan", bound=JobPlan)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a run that ended was not committed."""

    reason: str
    exit_code: int
    report: str
    """File of the run directory that says more."""


@dataclass(frozen=True, slots=True)
class Job(Generic[Options, Plan]):
    """What one job does at each station of a launch."""

    name: str
    parser: Callable[[], argparse.ArgumentParser]
    plan: Callable[[Options, datetime.datetime], Plan]
    """Raises ``UsageError``."""
    build: Callable[[Any, Plan], None]
    checked: Callable[[Plan], str]
    """The end of a dry run."""
    summary: Callable[[RunDirectory, float], str]
    """The end of a run, from its directory and its seconds."""
    refusal: Callable[[RunDirectory], Refusal | None]
    """Why the run was not committed, where its directory says so."""
    own: tuple[str, ...] = OWN
    """Files and folders that the job writes into its directory."""
    look: Callable[[Plan], list[str]] | None = None
    """What is wrong with the inputs, by their first rows."""
    warm_up: Callable[[Plan, bool], None] | None = None
    """Before a run in this process, with ``verbose``; raises ``UsageError``."""


def run(
    name: str,
    parse: Callable[[Sequence[str] | None], tuple[Options, list[str]]],
    build_parser: Callable[[], argparse.ArgumentParser],
    make_job: Callable[[], Job[Options, Plan]],
    argv: Sequence[str] | None,
) -> int:
    """A command from its flags to its exit code; ``parse`` gives ours and Beam's apart."""
    if argv is None:
        stopping.begin()
    try:
        options, beam_flags = parse(argv)
    except UsageError as error:
        return _say(f"{name}: error: {_unknown(build_parser(), argv) or error}", USAGE)
    if not options.no_progress:
        _announce(name)
    return launch(make_job, options, beam_flags)


def _unknown(parser: argparse.ArgumentParser, argv: Sequence[str] | None) -> str | None:
    """A flag that nobody knows: what it was to be is missing then, and that would be told."""
    _, rest = parser.parse_known_args(argv)
    if not rest:
        return None
    from pipelines.command.beam_options import beam_options

    try:
        beam_options(rest, ours=parser._option_string_actions)
    except UsageError as error:
        return str(error)
    return None


def _announce(name: str) -> None:
    """The first word, before libraries that take seconds to load."""
    sys.stderr.write(f"{name}: loading Beam, then checking flags and inputs …\n")
    sys.stderr.flush()


def launch(
    make_job: Callable[[], Job[Options, Plan]], options: Options, beam_flags: Sequence[str]
) -> int:
    """Plan, run, summarise; the exit code is the job's contract."""
    started = time.monotonic()
    ending.quieten(options.verbose)
    job = make_job()
    from pipelines.command.beam_options import beam_options, is_local

    try:
        engine = beam_options(beam_flags, ours=job.parser()._option_string_actions)
        plan = job.plan(options, datetime.datetime.now(datetime.timezone.utc))
        misfits = job.look(plan) if job.look else []
        for each in misfits:
            _say(f"{job.name}: warning: {each}", USAGE)
        if job.warm_up and is_local(engine):
            job.warm_up(plan, options.verbose)
    except UsageError as error:
        return _say(f"{job.name}: error: {error}", USAGE)
    if options.dry_run and misfits:
        return _say(f"{job.name}: error: {_not_judged(misfits)}", USAGE)
    if options.dry_run:
        return _say(job.checked(plan), DONE)
    directory = plan.directory
    stopped = partial(ending.stopped, directory, at_engine=not is_local(engine))
    ending.watch_threads(directory, verbose=options.verbose)
    try:
        with stopping.telling(stopped), claimed(directory) as claim:
            directory.clear(job.own, overwrite=options.overwrite)
            _run(job, plan, engine, quiet=options.no_progress)
            by = directory.committed_by
            if by is None and not is_local(engine):
                claim.keep()
                return _say(f"submitted; {directory.path}/_SUCCESS will mark its end", DONE)
            if by != directory.token:
                return _say(ending.replaced(directory), DONE)
            return _say(job.summary(directory, time.monotonic() - started), DONE)
    except (RunClaimed, RunCommitted) as error:
        return _say(f"{job.name}: error: {error}", USAGE)
    except KeyboardInterrupt:
        return _say(f"\nstopped: {stopped()}", stopping.code_of(signal.SIGINT))
    except Exception as error:  # whatever an engine raises is a failed run, told in one place
        refusal = job.refusal(directory)
        if refusal:
            report = directory.file(refusal.report)
            return _say(f"not committed: {refusal.reason}\nsee {report}", refusal.exit_code)
        return _say(ending.failed(error, directory, verbose=options.verbose), FAILED)


def _not_judged(misfits: list[str]) -> str:
    many = "an input" if len(misfits) == 1 else f"{len(misfits):,} inputs"
    return f"of {many} none of the first rows can be judged, as said above"


def _run(job: Job[Options, Plan], plan: Plan, engine: Any, *, quiet: bool) -> None:
    import apache_beam as beam

    from moderation.audit import progress
    from pipelines.command.beam_options import is_local, only_submits, runner_for

    local = is_local(engine)
    pipeline = beam.Pipeline(runner=runner_for(engine), options=engine)
    job.build(pipeline, plan)
    with contextlib.nullcontext() if quiet or not local else progress.shown():
        result = pipeline.run()
        if local or not only_submits(engine):
            result.wait_until_finish()


def _say(text: str, code: int) -> int:
    print(safe_message(text) if code else text, file=sys.stderr if code else sys.stdout)
    return code
