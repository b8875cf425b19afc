"""Labelled records in; TFRecords of ``tf.train.Example`` out, in splits that do not leak.

``python -m pipelines.preprocess --runner=DirectRunner`` takes the built-in sample.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.launch import run
from pipelines.preprocess_options import build_parser, parse

if TYPE_CHECKING:
    from pipelines.preprocess_plan import PreprocessPlan


def build(pipeline: Any, plan: PreprocessPlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
    from functools import partial

    import apache_beam as beam
    from apache_beam.pvalue import AsIter, AsSingleton
    from apache_beam.transforms.combiners import Top

    from moderation.datasets import labels, resolve, rows, shards, tables
    from moderation.datasets.assign import AssignSplits
    from moderation.datasets.commit import CommitExamples
    from moderation.datasets.groups import GroupContents
    from moderation.datasets.join import JoinRecords
    from moderation.datasets.packing import TALLY, PackBy, as_keyed
    from moderation.images.prefetch import FETCHING
    from moderation.records import read
    from moderation.records.digests import Digests
    from moderation.runs.shards import WriteShards
    from moderation.verdicts import join
    from moderation.verdicts.tables import DEAD_LETTERS
    from pipelines.preprocess_plan import label_list

    options = plan.options
    staging = f"{plan.directory.staging}/out"

    records = pipeline | "Read" >> read.ReadRecords(
        plan.files,
        plan.validator,
        max_row_bytes=int(options.max_row_mb * (1 << 20)),
        limit=options.limit,
    )
    joined = records | "Prepare" >> JoinRecords(
        plan.row_rules,
        plan.form,
        plan.door,
        buckets=plan.buckets,
        folder=f"{plan.directory.staging}/encoded",
    )
    vocabulary = AsSingleton(
        joined[rows.LABELS]
        | "Labels"
        >> beam.CombineGlobally(
            labels.CollectLabels(label_list(options), several=options.multi_label)
        )
    )
    groups = joined[rows.CONTENTS] | "Group" >> GroupContents(plan.group_rules)
    resolved = (
        {
            "rows": joined[rows.ROWS]
            | "PackRows" >> beam.ParDo(PackBy(partial(rows.by_bucket, buckets=plan.buckets))),
            "groups": groups,
        }
        | "MeetGroups" >> beam.CoGroupByKey()
        | "Resolve"
        >> beam.ParDo(
            resolve.Resolve(plan.conflict_rule, plan.splits), vocabulary=vocabulary
        ).with_outputs(resolve.CONFLICTS, resolve.WEIGHTS, rows.REJECTED, TALLY, main="kept")
    )
    kept = (resolved["kept"], resolved[resolve.WEIGHTS]) | "Split" >> AssignSplits(
        plan.splits,
        by="column" if options.split_column else "label" if options.stratify else "hash",
        buckets=plan.buckets,
        several=options.multi_label,
    )
    sizes = kept | "Sizes" >> beam.CombineGlobally(
        shards.SizeShards(int(options.shard_mb * (1 << 20)))
    )
    examples = (
        kept
        | "ByShard" >> beam.FlatMap(shards.by_shard, plan=AsSingleton(sizes))
        | "PackShards" >> beam.ParDo(PackBy(as_keyed))
        | "MeetShard" >> beam.GroupByKey()
        | "WriteExamples"
        >> beam.ParDo(
            shards.WriteExamples(
                plan.form, staging, compressed=options.gzip, several=options.multi_label
            ),
            vocabulary=vocabulary,
        ).with_outputs(TALLY, main=shards.SHARDS)
    )
    told = (
        kept
        | "Members" >> beam.ParDo(tables.GroupMember())
        | "PackMembers" >> beam.ParDo(PackBy(partial(tables.by_bucket, buckets=plan.buckets)))
        | "MeetMembers" >> beam.GroupByKey()
        | "TellGroups"
        >> beam.ParDo(tables.TellGroups()).with_outputs(TALLY, tables.LARGEST, main="groups")
    )
    letters = (
        (records[read.REJECTED], joined[rows.REJECTED], resolved[rows.REJECTED])
        | "Lost" >> beam.Flatten()
        | "Letter"
        >> beam.ParDo(join.ToDeadLetters(plan.directory.run_id)).with_outputs(
            join.TALLY, main="letters"
        )
    )
    written = (
        resolved[resolve.CONFLICTS]
        | "WriteConflicts" >> beam.ParDo(WriteShards(tables.CONFLICTS, staging)),
        told["groups"] | "WriteGroups" >> beam.ParDo(WriteShards(tables.GROUPS, staging)),
        letters["letters"] | "WriteDeadLetters" >> beam.ParDo(WriteShards(DEAD_LETTERS, staging)),
    ) | "Tables" >> beam.Flatten()
    tally = (
        (resolved[TALLY], examples[TALLY], told[TALLY], letters[join.TALLY])
        | "Tallies" >> beam.Flatten()
        | "Count" >> beam.CombineGlobally(join.SumTallies())
    )
    digests = pipeline | "Digests" >> Digests(plan.files)
    _ = (
        pipeline
        | "Once" >> beam.Create([None])
        | "Commit"
        >> beam.ParDo(
            CommitExamples(plan.commit),
            examples=AsIter(examples[shards.SHARDS]),
            shards=AsIter(written),
            counts=AsIter(records[read.COUNTS]),
            digests=AsIter(digests),
            tally=AsSingleton(tally),
            vocabulary=vocabulary,
            largest=AsSingleton(told[tables.LARGEST] | "Largest" >> Top.Of(20)),
            fetching=AsSingleton(joined[FETCHING]),
        )
    )


def _job() -> Any:
    """Only once the libraries behind it were told to be quiet."""
    from pipelines.preprocess_job import preprocess_job

    return preprocess_job(build)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; return its exit code (0 done, 1 failed, 2 usage, 3 a gate broke)."""
    return run("preprocess", parse, build_parser, _job, argv)


if __name__ == "__main__":
    sys.exit(main())
