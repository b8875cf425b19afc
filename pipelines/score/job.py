"""``pipelines.score`` as a job to launch."""

from __future__ import annotations

from typing import Any

import apache_beam as beam

from moderation.audit.tally_transforms import TALLY
from moderation.images.prefetch import FETCHING, SumDoorStats
from moderation.models.loading import warm_up
from moderation.models.types import ModelError
from moderation.records import read
from moderation.records.first_rows import misfits
from moderation.runs.close import CloseRun, RunParts
from moderation.verdicts import join, score
from moderation.verdicts.decide import Judge
from pipelines.command.launch import Job
from pipelines.command.summary_lines import left_out_lines, many
from pipelines.command.usage import UsageError
from pipelines.score.options import ScoreOptions
from pipelines.score.plan import RunPlan, make_plan
from pipelines.score.summary import summary


def build(pipeline: Any, plan: RunPlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
    options, policy = plan.options, plan.policy.policy
    judge = Judge(policy, plan.bundle.card)
    stamp = join.Stamp(plan.directory.run_id, plan.bundle.fingerprint, policy.version)

    rows = pipeline | "Read" >> read.ReadRecords(
        plan.header.inputs,
        plan.validator,
        max_row_bytes=int(options.max_row_mb * (1 << 20)),
        limit=options.limit,
    )
    distinct = rows[read.ITEMS] | "Distinct" >> read.OnePerKey()
    scored = distinct | "Score" >> _hinted(
        score.ScoreItems(plan.bundle, plan.door, batch_size=options.batch_size), options.accelerator
    )
    decided = (
        {"records": rows[read.RECORDS], "judgements": scored[score.JUDGEMENTS]}
        | "Join" >> beam.CoGroupByKey()
        | "Decide"
        >> beam.ParDo(join.FanOut(judge, stamp, options.layout())).with_outputs(
            join.VERDICTS, join.REVIEWS, join.REJECTED, TALLY
        )
    )
    _ = RunParts(
        tables={"verdicts": decided[join.VERDICTS], "review_queue": decided[join.REVIEWS]},
        rejected=(rows[read.REJECTED], decided[join.REJECTED]),
        tallies=(decided[TALLY],),
        counts=(rows[read.COUNTS],),
        sides={FETCHING: scored[FETCHING] | "SumStats" >> beam.CombineGlobally(SumDoorStats())},
    ) | "Close" >> CloseRun(plan.header, plan.report)


def _hinted(transform: Any, accelerator: str | None) -> Any:
    """The hint sits on fetch, decode and model together: pixels stay on the worker."""
    return transform.with_resource_hints(accelerator=accelerator) if accelerator else transform


def _warm_up(plan: RunPlan, verbose: bool) -> None:
    """Load the model where it will work anyway: what is wrong with it is told before any row."""
    kinds = dict.fromkeys(task.kind for task in plan.bundle.card.tasks)
    try:
        warm_up(plan.bundle, kinds, verbose=verbose)
    except ModelError as error:
        raise UsageError.of(error) from error


def _look(plan: RunPlan) -> list[str]:
    options = plan.options
    max_row_bytes = int(options.max_row_mb * (1 << 20))
    return misfits(plan.header.inputs, options.layout(), max_row_bytes=max_row_bytes)


def _checked(plan: RunPlan) -> str:
    size = sum(file.bytes for file in plan.header.inputs)
    card = plan.bundle.card
    tasks = ", ".join(f"{task.name} for {task.kind.value}s" for task in card.tasks)
    return "\n".join(
        [
            "dry run: everything checks out, nothing was scored",
            f"  inputs   {many(len(plan.header.inputs), 'file')}, {size:,} bytes",
            *left_out_lines(plan.header.left_out),
            f"  model    {card.name} {card.version} ({plan.bundle.fingerprint[:12]}): {tasks}",
            f"  policy   {plan.policy.policy.version} ({plan.policy.path})",
            f"  output   {plan.directory.path}",
        ]
    )


JOB: Job[ScoreOptions, RunPlan] = Job(
    options=ScoreOptions,
    plan=make_plan,
    build=build,
    checked=_checked,
    summary=summary,
    report="audit.html",
    look=_look,
    warm_up=_warm_up,
)
