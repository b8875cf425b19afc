"""``pipelines.score`` as a job to launch."""

from __future__ import annotations

import datetime
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsIter, AsSingleton

from moderation.audit.tallying import TALLY, SumTallies
from moderation.images.prefetch import FETCHING
from moderation.records import read
from moderation.records.dead_letters.write import DEAD_LETTERS, ToDeadLetters
from moderation.records.first_rows import misfits
from moderation.runs import commit
from moderation.runs.directory import RunDirectory
from moderation.storage.digests import Digests
from moderation.storage.shards import WriteShards
from moderation.verdicts import join, score, tables
from moderation.verdicts.decide import Judge
from pipelines.command.launch import Job, Refusal
from pipelines.command.run import FAILED, GATE
from pipelines.command.summary_lines import left_out_lines, many
from pipelines.score.options import ScoreOptions
from pipelines.score.plan import RunPlan, make_plan
from pipelines.score.summary import summary


def build(pipeline: Any, plan: RunPlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
    options, run_id = plan.options, plan.directory.run_id
    staging = f"{plan.directory.staging}/out"
    verdicts_layout = tables.verdicts_layout(options.format)
    stamp = join.Stamp(run_id, plan.bundle.fingerprint, plan.policy.policy.version)
    judge = Judge(plan.policy.policy, plan.bundle.card)

    rows = pipeline | "Read" >> read.ReadRecords(
        plan.files,
        plan.validator,
        max_row_bytes=int(options.max_row_mb * (1 << 20)),
        limit=options.limit,
    )
    distinct = rows[read.ITEMS] | "Distinct" >> read.OnePerKey()
    scored = distinct | "Score" >> _hinted(
        score.ScoreItems(plan.bundle, plan.door, batch_size=options.batch_size), options.accelerator
    )
    joined = (
        {"records": rows[read.RECORDS], "judgements": scored[score.JUDGEMENTS]}
        | "Join" >> beam.CoGroupByKey()
        | "Decide"
        >> beam.ParDo(join.FanOut(judge, stamp, options.layout())).with_outputs(
            join.VERDICTS, join.REVIEWS, join.REJECTED, TALLY
        )
    )
    letters = (
        (rows[read.REJECTED], joined[join.REJECTED])
        | "Lost" >> beam.Flatten()
        | "Letter" >> beam.ParDo(ToDeadLetters(run_id)).with_outputs(TALLY, main="letters")
    )
    shards = (
        joined[join.VERDICTS]
        | "WriteVerdicts" >> beam.ParDo(WriteShards(verdicts_layout, staging)),
        joined[join.REVIEWS]
        | "WriteReviewQueue" >> beam.ParDo(WriteShards(tables.REVIEW_QUEUE, staging)),
        letters["letters"] | "WriteDeadLetters" >> beam.ParDo(WriteShards(DEAD_LETTERS, staging)),
    ) | "Shards" >> beam.Flatten()
    tally = (
        (joined[TALLY], letters[TALLY])
        | "Tallies" >> beam.Flatten()
        | "Count" >> beam.CombineGlobally(SumTallies())
    )
    digests = pipeline | "Digests" >> Digests(plan.files)
    _ = (
        pipeline
        | "Once" >> beam.Create([None])
        | "Commit"
        >> beam.ParDo(
            commit.Commit(
                commit.CommitPlan(
                    directory=plan.directory,
                    layouts=(verdicts_layout, DEAD_LETTERS, tables.REVIEW_QUEUE),
                    files=plan.files,
                    left_out=plan.left_out,
                    gates=plan.gates,
                    facts=plan.facts,
                    options=options.as_dict(),
                    versions=plan.versions,
                    policy_digest=plan.policy.digest,
                )
            ),
            shards=AsIter(shards),
            counts=AsIter(rows[read.COUNTS]),
            digests=AsIter(digests),
            tally=AsSingleton(tally),
            fetching=AsSingleton(scored[FETCHING]),
        )
    )


def _hinted(transform: Any, accelerator: str | None) -> Any:
    """The hint sits on fetch, decode and model together: pixels stay on the worker."""
    return transform.with_resource_hints(accelerator=accelerator) if accelerator else transform


def _plan(options: ScoreOptions, now: datetime.datetime) -> RunPlan:
    return make_plan(options, now=now)


def _warm_up(plan: RunPlan, verbose: bool) -> None:
    """Load the model where it will work anyway: what is wrong with it is told before any row."""
    from moderation.models.loading import warm_up
    from moderation.models.types import ModelError
    from pipelines.command.usage import UsageError

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


JOB: Job[ScoreOptions, RunPlan] = Job(
    options=ScoreOptions,
    plan=_plan,
    build=build,
    checked=_checked,
    summary=summary,
    refusal=_refusal,
    look=_look,
    warm_up=_warm_up,
)
