"""``pipelines.export`` as a job to launch."""

from __future__ import annotations

import datetime
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsIter, AsList, AsSingleton

from moderation.audit.tallying import TALLY, SumTallies
from moderation.exports import apply_limits, commit, items, join, read, rows, write
from moderation.exports.commit import OWN
from moderation.exports.differ import DIFFERING
from moderation.exports.inputs import PackedDecisions, PackedFormer, PackedRecords, PackedVerdicts
from moderation.exports.packs import buckets_for
from moderation.exports.read_held_out import ITEMS, UNREAD, ReadHeldOut
from moderation.exports.selecting import Why
from moderation.records.dead_letters.write import DEAD_LETTERS, ToDeadLetters
from moderation.runs.directory import RunDirectory
from moderation.storage.digests import Digests
from moderation.storage.shards import WriteShards
from pipelines.command.launch import Job, Refusal
from pipelines.command.run import FAILED, GATE
from pipelines.command.summary_lines import left_out_lines, many
from pipelines.export.options import ExportOptions
from pipelines.export.plan import ExportPlan, make_plan
from pipelines.export.summary import summary


def build(pipeline: Any, plan: ExportPlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
    options, staging = plan.options, f"{plan.directory.staging}/out"
    buckets = buckets_for(plan.rows)
    shards = write.shards_for(plan.runs.verdicts)

    verdicts = pipeline | "Verdicts" >> PackedVerdicts(plan.runs, buckets)
    decisions = pipeline | "Decisions" >> PackedDecisions(
        plan.decisions, plan.key, buckets, columns=plan.decision_columns
    )
    records = pipeline | "Records" >> PackedRecords(
        plan.runs,
        plan.inline_images,
        buckets,
        decisions=decisions[read.ROWS] if options.pseudo_label_above is None else None,
    )
    former = pipeline | "Former" >> PackedFormer(plan.former, buckets)
    held_out = pipeline | "HeldOut" >> ReadHeldOut(
        plan.held_out, plan.held_out_layout, plan.inline_images, door=plan.door
    )
    unwanted = AsList(held_out[ITEMS])
    joined = (
        {
            items.VERDICTS: verdicts,
            items.RECORDS: records[read.ROWS],
            items.DECISIONS: decisions[read.ROWS],
            items.FORMER: former,
        }
        | "Join" >> beam.CoGroupByKey()
        | "Settle"
        >> beam.ParDo(
            join.JoinItems(
                plan.runs,
                plan.rules,
                plan.maker,
                source_column=options.source_column,
                similarity=options.exclude_text_similarity,
            ),
            problems=beam.pvalue.AsDict(records[read.PROBLEMS]),
            held_out=unwanted,
        ).with_outputs(join.SELECTED, join.REJECTED, join.DECIDED, DIFFERING, TALLY)
    )
    capped = joined[join.SELECTED] | "PerSource" >> apply_limits.Limit(
        "source", Why.OVER_SOURCE_LIMIT, at_most=options.max_per_source
    )
    balanced = capped[apply_limits.KEPT] | "PerLabel" >> apply_limits.Limit(
        "by_label", Why.BALANCED_AWAY, balance=options.balance
    )
    written = (
        balanced[apply_limits.KEPT]
        | "Shard" >> beam.Map(write.sharded, buckets=buckets, shards=shards)
        | "Gather" >> beam.GroupByKey()
        | "WriteRows"
        >> beam.ParDo(
            write.WriteRows(
                plan.commit.layouts, plan.placer, staging, compare=plan.options.previous is not None
            ),
            held_out=unwanted,
        ).with_outputs(write.SHARDS, join.REJECTED, DIFFERING, TALLY)
    )
    stages = {"Settle": joined, "PerSource": capped, "PerLabel": balanced, "Rows": written}
    letters = (
        (decisions[read.REJECTED], joined[join.REJECTED], written[join.REJECTED])
        | "Lost" >> beam.Flatten()
        | "Letter"
        >> beam.ParDo(ToDeadLetters(plan.directory.run_id)).with_outputs(TALLY, main="letters")
    )
    files = (
        written[write.SHARDS],
        joined[join.DECIDED] | "WriteDecisions" >> beam.ParDo(WriteShards(rows.DECISIONS, staging)),
        letters["letters"] | "WriteDeadLetters" >> beam.ParDo(WriteShards(DEAD_LETTERS, staging)),
        *(
            stage[DIFFERING] | f"WriteDiff/{name}" >> beam.ParDo(WriteShards(rows.DIFF, staging))
            for name, stage in stages.items()
        ),
    ) | "Shards" >> beam.Flatten()
    tally = (
        (*(stage[TALLY] for stage in stages.values()), letters[TALLY])
        | "Tallies" >> beam.Flatten()
        | "Count" >> beam.CombineGlobally(SumTallies())
    )
    digests = pipeline | "Digests" >> Digests(
        plan.commit.inputs, also=(source.file.path for source in plan.runs.sources)
    )
    _ = (
        pipeline
        | "Once" >> beam.Create([None])
        | "Commit"
        >> beam.ParDo(
            commit.CommitExport(plan.commit),
            shards=AsIter(files),
            counts=AsIter(decisions[read.COUNTS]),
            digests=AsIter(digests),
            tally=AsSingleton(tally),
            held_out=unwanted,
            unread=AsIter(held_out[UNREAD]),
        )
    )


def _plan(options: ExportOptions, now: datetime.datetime) -> ExportPlan:
    return make_plan(options, now=now)


def _refusal(directory: RunDirectory) -> Refusal | None:
    report = directory.read_json("export.json")
    if not report or not report["refusal"]:
        return None
    code = FAILED if "reconcile" in report["refusal"] else GATE
    return Refusal(report["refusal"], code, "export.json")


def _checked(plan: ExportPlan) -> str:
    size = sum(file.bytes for file in plan.decisions)
    return "\n".join(
        [
            "dry run: everything checks out, nothing was exported",
            f"  runs       {len(plan.runs.runs):,} with {plan.runs.verdicts:,} verdicts "
            f"on {many(len(plan.runs.sources), 'file')}",
            f"  decisions  {many(len(plan.decisions), 'file')}, {size:,} bytes; reviewers' key: "
            f"{plan.key.origin}",
            f"  held out   {many(len(plan.held_out), 'file')}",
            *left_out_lines(plan.commit.left_out),
            f"  output     {plan.directory.path}",
        ]
    )


JOB: Job[ExportOptions, ExportPlan] = Job(
    options=ExportOptions,
    plan=_plan,
    build=build,
    checked=_checked,
    summary=summary,
    refusal=_refusal,
    own=OWN,
)
