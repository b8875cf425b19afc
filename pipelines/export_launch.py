"""From checked flags to an exit code: a plan, a run, a summary."""

from __future__ import annotations

import contextlib
import datetime
import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.export_options import ExportOptions, build_parser
from pipelines.launch import (
    DONE,
    FAILED,
    GATE,
    USAGE,
    _asynchronous,
    _cause,
    _is_local,
    _quieten,
    _say,
)
from pipelines.options import UsageError

if TYPE_CHECKING:
    from pipelines.export_plan import ExportPlan


def launch(
    options: ExportOptions, beam_flags: Sequence[str], build: Callable[[Any, ExportPlan], None]
) -> int:
    """Plan, run, summarise; the exit code is the job's contract."""
    started = time.monotonic()
    _quieten(options.verbose)
    from pipelines.beam_options import beam_options
    from pipelines.export_plan import make_plan

    try:
        runner_options = beam_options(beam_flags, ours=build_parser()._option_string_actions)
        plan = make_plan(options, now=datetime.datetime.now(datetime.timezone.utc))
    except UsageError as error:
        return _say(f"export: error: {error}", USAGE)
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
    from pipelines.export_summary import summary

    return _say(summary(plan.directory, seconds=time.monotonic() - started), DONE)


def _run(plan: ExportPlan, runner_options: Any, build: Callable[[Any, ExportPlan], None]) -> None:
    import apache_beam as beam

    from moderation.datasets.export.commit import clear
    from moderation.runs import progress
    from pipelines.beam_options import runner_for

    clear(plan.directory)
    local = _is_local(runner_options)
    pipeline = beam.Pipeline(runner=runner_for(runner_options), options=runner_options)
    build(pipeline, plan)
    quiet = plan.options.no_progress or not local
    with contextlib.nullcontext() if quiet else progress.shown():
        result = pipeline.run()
        if local or not _asynchronous(runner_options):
            result.wait_until_finish()


def _failed(plan: ExportPlan, error: Exception) -> int:
    report = plan.directory.read_json("export.json")
    if report and report["refusal"]:
        code = FAILED if "reconcile" in report["refusal"] else GATE
        return _say(
            f"not committed: {report['refusal']}\nsee {plan.directory.path}/export.json", code
        )
    if plan.options.verbose:
        logging.getLogger(__name__).error("the run failed", exc_info=error)
    hint = "" if plan.options.verbose else " (--verbose shows all of it)"
    return _say(f"failed: {_cause(error)}{hint}\nnothing was committed", FAILED)


def _dry_run(plan: ExportPlan) -> str:
    size = sum(file.bytes for file in plan.decisions)
    return "\n".join(
        [
            "dry run: everything checks out, nothing was exported",
            f"  runs       {len(plan.runs.runs):,} with {plan.runs.verdicts:,} verdicts "
            f"on {len(plan.runs.sources):,} files",
            f"  decisions  {len(plan.decisions):,} files, {size:,} bytes; reviewers' key: "
            f"{plan.key.origin}",
            f"  held out   {len(plan.held_out):,} files",
            f"  output     {plan.directory.path}",
        ]
    )
