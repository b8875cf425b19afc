"""``pipelines.score`` as a job to launch."""

from __future__ import annotations

import datetime
from typing import Any

from moderation.records.first_rows import misfits
from moderation.runs.directory import RunDirectory
from pipelines.inputs import left_out_lines
from pipelines.launch import FAILED, GATE, Job, Refusal
from pipelines.options import ScoreOptions, build_parser
from pipelines.plan import RunPlan, make_plan
from pipelines.summary import summary
from pipelines.words import many


def score_job(build: Any) -> Job[ScoreOptions, RunPlan]:
    """The job, laid out by ``build``."""
    return Job(
        name="score",
        parser=build_parser,
        plan=_plan,
        build=build,
        checked=_checked,
        summary=summary,
        refusal=_refusal,
        look=_look,
        warm_up=_warm_up,
    )


def _plan(options: ScoreOptions, now: datetime.datetime) -> RunPlan:
    return make_plan(options, now=now)


def _warm_up(plan: RunPlan, verbose: bool) -> None:
    """Load the model where it will work anyway: what is wrong with it is told before any row."""
    from moderation.models.loading import warm_up
    from moderation.models.types import ModelError
    from pipelines.flags import UsageError

    kinds = dict.fromkeys(task.kind for task in plan.bundle.card.tasks)
    try:
        warm_up(plan.bundle, kinds, verbose=verbose)
    except ModelError as error:
        raise UsageError(str(error)) from error


def _look(plan: RunPlan) -> list[str]:
    options = plan.options
    max_row_bytes = int(options.max_row_mb * (1 << 20))
    return misfits(plan.files, options.layout(), max_row_bytes=max_row_bytes)


def _refusal(directory: RunDirectory) -> Refusal | None:
    audit = directory.read_json("audit.json")
    if not audit or not audit["refusal"]:
        return None
    return Refusal(audit["refusal"], GATE if audit["reconciles"] else FAILED, "audit.html")


def _checked(plan: RunPlan) -> str:
    size = sum(file.bytes for file in plan.files)
    card = plan.bundle.card
    tasks = ", ".join(f"{task.name} for {task.kind.value}s" for task in card.tasks)
    return "\n".join(
        [
            "dry run: everything checks out, nothing was scored",
            f"  inputs   {many(len(plan.files), 'file')}, {size:,} bytes",
            *left_out_lines(plan.left_out),
            f"  model    {card.name} {card.version} ({plan.bundle.fingerprint[:12]}): {tasks}",
            f"  policy   {plan.policy.policy.version} ({plan.policy.path})",
            f"  output   {plan.directory.path}",
        ]
    )
