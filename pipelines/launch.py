"""From checked flags to an exit code: quiet libraries, a plan, a run, a summary."""

from __future__ import annotations

import contextlib
import datetime
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.options import ScoreOptions, UsageError, build_parser

if TYPE_CHECKING:
    from pipelines.plan import RunPlan

DONE, FAILED, USAGE, GATE = 0, 1, 2, 3


def launch(
    options: ScoreOptions, beam_flags: Sequence[str], build: Callable[[Any, RunPlan], None]
) -> int:
    """Plan, run, summarise; the exit code is the job's contract."""
    started = time.monotonic()
    _quieten(options.verbose)
    from pipelines.beam_options import beam_options
    from pipelines.plan import make_plan

    try:
        ours = build_parser()._option_string_actions
        runner_options = beam_options(beam_flags, ours=ours)
        plan = make_plan(
            options,
            beam_flags=list(beam_flags),
            now=datetime.datetime.now(datetime.timezone.utc),
        )
        if _is_local(runner_options):
            _warm_up(plan)
    except UsageError as error:
        return _say(f"score: error: {error}", USAGE)
    if options.dry_run:
        return _say(_dry_run(plan), DONE)
    try:
        _run(plan, runner_options, build)
    except KeyboardInterrupt:
        return _say(f"\nstopped; nothing was committed in {plan.directory.path}", FAILED)
    except Exception as error:  # whatever an engine raises is a failed run, told in one place
        return _failed(plan, error)
    if not plan.directory.committed:
        return _say(f"submitted; {plan.directory.path}/_SUCCESS will mark its end", DONE)
    from pipelines.summary import summary

    return _say(summary(plan.directory, seconds=time.monotonic() - started), DONE)


def _run(plan: RunPlan, runner_options: Any, build: Callable[[Any, RunPlan], None]) -> None:
    import apache_beam as beam

    from moderation.runs import progress
    from pipelines.beam_options import runner_for

    plan.directory.clear()
    local = _is_local(runner_options)
    pipeline = beam.Pipeline(runner=runner_for(runner_options), options=runner_options)
    build(pipeline, plan)
    quiet = plan.options.no_progress or not local
    with contextlib.nullcontext() if quiet else progress.shown():
        result = pipeline.run()
        if local or not _asynchronous(runner_options):
            result.wait_until_finish()


def _is_local(runner_options: Any) -> bool:
    from apache_beam.options.pipeline_options import StandardOptions

    from pipelines.beam_options import is_local

    return is_local(runner_options.view_as(StandardOptions).runner)


def _warm_up(plan: RunPlan) -> None:
    """Load the model where it will work anyway: what is wrong with it is told before any row."""
    from moderation.models.loading import warm_up
    from moderation.models.types import ModelError

    kinds = dict.fromkeys(task.kind for task in plan.bundle.card.tasks)
    try:
        warm_up(plan.bundle, kinds, verbose=plan.options.verbose)
    except ModelError as error:
        raise UsageError(str(error)) from error


def _asynchronous(runner_options: Any) -> bool:
    """Whether this process only submits: a template's launcher must not wait for the job."""
    from apache_beam.options.pipeline_options import GoogleCloudOptions, StandardOptions

    submits = runner_options.view_as(StandardOptions).no_wait_until_finish
    return bool(submits or runner_options.view_as(GoogleCloudOptions).template_location)


def _failed(plan: RunPlan, error: Exception) -> int:
    audit = plan.directory.read_json("audit.json")
    if audit and audit["refusal"]:
        code = GATE if audit["reconciles"] else FAILED
        return _say(
            f"not committed: {audit['refusal']}\nsee {plan.directory.path}/audit.html", code
        )
    if plan.options.verbose:
        logging.getLogger(__name__).error("the run failed", exc_info=error)
    hint = "" if plan.options.verbose else " (--verbose shows all of it)"
    return _say(f"failed: {_cause(error)}{hint}\nnothing was committed", FAILED)


def _cause(error: Exception) -> str:
    """The first line that a person can act on: engines wrap errors in their own tracebacks."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = [line for line in lines if "Error" in line.split(":")[0] or "RunRefused" in line]
    return (named or lines or [type(error).__name__])[-1]


def _dry_run(plan: RunPlan) -> str:
    size = sum(file.bytes for file in plan.files)
    card = plan.bundle.card
    return "\n".join(
        [
            "dry run: everything checks out, nothing was scored",
            f"  inputs   {len(plan.files):,} files, {size:,} bytes",
            f"  model    {card.name} {card.version} ({plan.bundle.fingerprint[:12]}), tasks "
            + ", ".join(f"{task.name} for {task.kind.value}s" for task in card.tasks),
            f"  policy   {plan.policy.policy.version} ({plan.policy.path})",
            f"  output   {plan.directory.path}",
        ]
    )


def _quieten(verbose: bool) -> None:
    if verbose:
        logging.basicConfig(level=logging.INFO)
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.basicConfig(level=logging.ERROR)
    logging.getLogger().setLevel(logging.ERROR)
    for name in ("apache_beam", "tensorflow", "absl"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr if code else sys.stdout)
    return code
