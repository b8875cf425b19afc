"""The way back: verdicts and reviewers' decisions in, a versioned training set out.

``python -m pipelines.export --run 'runs/run_id=*' --decisions decisions.jsonl``
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.export_options import build_parser, parse
from pipelines.launch import run

if TYPE_CHECKING:
    from pipelines.export_plan import ExportPlan


def build(pipeline: Any, plan: ExportPlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
    import apache_beam as beam
    from apache_beam.pvalue import AsIter, AsList, AsSingleton

    from moderation.datasets.export import apply_limits, commit, items, join, read, rows, write
    from moderation.datasets.export.differ import DIFFERING
    from moderation.datasets.export.inputs import (
        PackedDecisions,
        PackedFormer,
        PackedRecords,
        PackedVerdicts,
    )
    from moderation.datasets.export.packs import buckets_for
    from moderation.datasets.export.read_held_out import ITEMS, UNREAD, ReadHeldOut
    from moderation.datasets.export.selecting import Why
    from moderation.datasets.packing import TALLY
    from moderation.records.digests import Digests
    from moderation.runs.shards import WriteShards
    from moderation.verdicts.join import SumTallies, ToDeadLetters

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
        letters["letters"]
        | "WriteDeadLetters" >> beam.ParDo(WriteShards(rows.DEAD_LETTERS, staging)),
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


def _job() -> Any:
    """Only once the libraries behind it were told to be quiet."""
    from pipelines.export_job import export_job

    return export_job(build)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; return its exit code (0 done, 1 failed, 2 usage, 3 a gate broke)."""
    return run("export", parse, build_parser, _job, argv)


if __name__ == "__main__":
    sys.exit(main())
