"""From checked options to an exit code: a plan, a run, a summary.

What differs between jobs is a ``Job``; how a run starts, waits, fails and ends is the same.
"""

from __future__ import annotations

import contextlib
import datetime
import logging
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import apache_beam as beam

from moderation.audit import progress
from moderation.logs.lines import Source
from moderation.logs.workers import tell_workers
from moderation.runs.claim import RunClaimed, claimed
from moderation.runs.directory import OWN, RunCommitted, RunDirectory
from moderation.runs.leftovers import clear
from pipelines.command import collecting, ending, resuming, stopping
from pipelines.command.beam_options import (
    beam_options,
    beam_parser,
    is_local,
    only_submits,
    runner_for,
    starts_processes,
    template_of,
)
from pipelines.command.option_groups import RunPlace, Terminal
from pipelines.command.places import refusal
from pipelines.command.run import DONE, FAILED, GATE, USAGE, begin_logs, remark, say
from pipelines.command.usage import UsageError
from pipelines.command.work_folder import work_folder
from schemas.manifest import RefusalCode


class JobPlan(Protocol):
    """What every job settles before its first row."""

    @property
    def directory(self) -> RunDirectory:
        """Where the run goes."""

    @property
    def options(self) -> RunPlace:
        """What was asked for."""


class Execute(Protocol):
    """Lays a pipeline out by ``build`` and runs it to its end."""

    def __call__(self, build: Callable[[Any], None], /) -> None: ...


class Locally(Protocol):
    """Carries a plan out in this process, pipeline by pipeline."""

    def __call__(self, plan: Any, execute: Execute, *, folder: str, processes: bool) -> None: ...


Given = TypeVar("Given", bound=Terminal)
Plan = TypeVar("Plan", bound=JobPlan)


@dataclass(frozen=True, slots=True)
class Job(Generic[Given, Plan]):
    """What one job does at each station of a launch."""

    options: type[Given]
    plan: Callable[[Given, datetime.datetime], Plan]
    """Raises ``UsageError``."""
    build: Callable[[Any, Plan], None]
    checked: Callable[[Plan], str]
    """The end of a dry run."""
    summary: Callable[[RunDirectory, float], str]
    """The end of a run, from its directory and its seconds; 0: it was committed before."""
    report: str
    """File of the run directory that says more of a run that was not committed."""
    own: tuple[str, ...] = OWN
    """Files and folders that the job writes into its directory."""
    look: Callable[[Plan], list[str]] | None = None
    """What is wrong with the inputs, by their first rows."""
    warm_up: Callable[[Plan, bool], Plan] | None = None
    """Before a run in this process, with ``verbose``; settles what only the machine that works can
    tell; raises ``UsageError``."""
    locally: Locally | None = None
    """How a run in this process goes; None: as one pipeline."""
    words: Callable[[Plan], Sequence[str]] | None = None
    """What a person should know of a plan that holds."""
    asks: Callable[[Plan, Any], None] | None = None
    """What the job sets of Beam's options before it is handed to its engine."""
    begin: Callable[[Plan], str | None] | None = None
    """Under the claim, before the first row: what to say of earlier starts."""

    @property
    def name(self) -> str:
        """As every message of the job begins."""
        return self.options.NAME

    def beam_help(self) -> str:
        """Beam's own flags."""
        return beam_parser().format_help().rstrip("\n")

    def unknown(self, words: Sequence[str]) -> str | None:
        """What is wrong with words that are not ours; None where Beam knows them."""
        try:
            beam_options(words, ours=self.options.parser().flags)
        except UsageError as error:
            return str(error)
        return None

    def launch(self, options: Given, beam_flags: Sequence[str], *, since: float) -> int:
        """Plan, run, summarise; the exit code is the job's contract.

        Args:
            options: ours.
            beam_flags: what was left of the command line.
            since: when the command began, by ``time.monotonic``.
        """
        try:
            engine = beam_options(beam_flags, ours=self.options.parser().flags)
            options = resuming.which_run(options)
            if done := resuming.done_before(options):
                return self._done_before(done)
            plan = self.plan(options, datetime.datetime.now(datetime.timezone.utc))
            logs = begin_logs(options, plan.directory.run_id)
            for each in self.words(plan) if self.words else ():
                remark(f"{self.name}: {each}", level=logging.WARNING)
            misfits = self.look(plan) if self.look else []
            for each in misfits:
                remark(f"{self.name}: warning: {each}", level=logging.WARNING)
            if self.warm_up and is_local(engine):
                plan = self.warm_up(plan, options.verbose)
        except UsageError as error:
            return say(f"{self.name}: error: {error}", USAGE)
        if options.dry_run and misfits:
            return say(f"{self.name}: error: {_not_judged(misfits)}", USAGE)
        if options.dry_run:
            return say(self.checked(plan), DONE)
        return self._carry_out(plan, options, engine, logs=logs, since=since)

    def _done_before(self, directory: RunDirectory) -> int:
        told = f"run {directory.run_id} was committed before, nothing is left to do"
        remark(f"{self.name}: {told}")
        return say(self.summary(directory, 0.0), DONE)

    def _carry_out(
        self, plan: Plan, options: Given, engine: Any, *, logs: Source | None, since: float
    ) -> int:
        directory = plan.directory
        stopped = partial(ending.stopped, directory, at_engine=not is_local(engine))
        ending.watch_threads(directory, verbose=options.verbose)
        try:
            with stopping.telling(stopped), claimed(directory) as claim:
                clear(directory, self.own, overwrite=plan.options.overwrite)
                before = directory.committed_by
                if self.begin and (told := self.begin(plan)):
                    remark(f"{self.name}: {told}")
                _run(self, plan, engine, options=options, logs=logs)
                by = directory.committed_by
                if by == before and only_submits(engine):
                    claim.keep()
                    return say(handed_over(directory, engine), DONE)
                if by == before and not is_local(engine):
                    return say(ending.not_committed(directory), FAILED)
                if by != directory.token:
                    return say(ending.replaced(directory), DONE)
                return say(self.summary(directory, time.monotonic() - since), DONE)
        except (RunClaimed, RunCommitted) as error:
            if isinstance(error, RunCommitted) and resuming.wants_resume(options):
                return self._done_before(directory)
            return say(f"{self.name}: error: {refusal(error, options)}", USAGE)
        except KeyboardInterrupt:
            return say(f"\nstopped: {stopped()}", stopping.code_of(signal.SIGINT))
        except Exception as error:  # whatever an engine raises is a failed run, told in one place
            if refused := directory.refused():
                manifest, folder = refused
                code = GATE if manifest["refusal_code"] == RefusalCode.GATE else FAILED
                told = f"not committed: {manifest['refusal']}\nsee {folder}/{self.report}"
                safe = ending.safe(directory)
                told += f"\n{safe}" if safe else ""
                return say(f"{told}{ending.kept(directory)}", code)
            return say(ending.failed(error, directory, verbose=options.verbose), FAILED)


def handed_over(directory: RunDirectory, engine: Any) -> str:
    """The last words where this process does not wait for the run.

    Args:
        directory: where the run goes.
        engine: Beam's options.
    """
    marked = f"{directory.path}/_SUCCESS will mark its end"
    if template := template_of(engine):
        return f"written to {template}, nothing runs yet; started from there, {marked}"
    return f"submitted; {marked}"


def _not_judged(misfits: list[str]) -> str:
    many = "an input" if len(misfits) == 1 else f"{len(misfits):,} inputs"
    return f"of {many} none of the first rows can be judged, as said above"


def _run(
    job: Job[Given, Plan], plan: Plan, engine: Any, *, options: Given, logs: Source | None
) -> None:
    local = is_local(engine)
    quiet = options.no_progress or logs is not None
    if job.asks:
        job.asks(plan, engine)

    def execute(build: Callable[[Any], None]) -> None:
        pipeline = beam.Pipeline(runner=runner_for(engine), options=engine)
        build(pipeline)
        if logs:
            tell_workers(pipeline, logs, verbose=options.verbose)
        result = pipeline.run()
        if local or not only_submits(engine):
            result.wait_until_finish()

    with (
        contextlib.nullcontext() if quiet or not local else progress.shown(),
        collecting.seldom() if local else contextlib.nullcontext(),
    ):
        if job.locally is None or not local:
            execute(lambda pipeline: job.build(pipeline, plan))
            return
        with work_folder() as folder:
            job.locally(plan, execute, folder=folder, processes=starts_processes(engine))
