"""``pipelines.preprocess`` as a job to launch."""

from __future__ import annotations

from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsIter, AsSingleton
from apache_beam.transforms.combiners import Top

from moderation.audit.tallying import TALLY, SumTallies
from moderation.datasets import labels, rows, shards
from moderation.datasets.commit import OWN, CommitExamples
from moderation.datasets.encode import EncodeImages
from moderation.datasets.groups import resolve, tables
from moderation.datasets.groups.group import GroupContents
from moderation.datasets.join import JoinRecords
from moderation.datasets.splits.assign import AssignSplits
from moderation.images.prefetch import FETCHING
from moderation.records import read
from moderation.records.dead_letters.write import DEAD_LETTERS, ToDeadLetters
from moderation.records.first_rows import misfits
from moderation.runs.directory import RunDirectory
from moderation.storage.digests import Digests
from moderation.storage.packing import PackBy, as_keyed
from moderation.storage.shards import WriteShards
from pipelines.command.launch import Job, Refusal
from pipelines.command.run import FAILED, GATE
from pipelines.command.summary_lines import left_out_lines, many
from pipelines.preprocess.options import PreprocessOptions
from pipelines.preprocess.plan import PreprocessPlan, label_list, make_plan
from pipelines.preprocess.summary import summary


def build(pipeline: Any, plan: PreprocessPlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
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
        EncodeImages(plan.form, plan.door, f"{plan.directory.staging}/encoded"),
        plan.buckets,
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
        >> beam.ParDo(ToDeadLetters(plan.directory.run_id)).with_outputs(TALLY, main="letters")
    )
    written = (
        resolved[resolve.CONFLICTS]
        | "WriteConflicts" >> beam.ParDo(WriteShards(tables.CONFLICTS, staging)),
        told["groups"] | "WriteGroups" >> beam.ParDo(WriteShards(tables.GROUPS, staging)),
        letters["letters"] | "WriteDeadLetters" >> beam.ParDo(WriteShards(DEAD_LETTERS, staging)),
    ) | "Tables" >> beam.Flatten()
    tally = (
        (resolved[TALLY], examples[TALLY], told[TALLY], letters[TALLY])
        | "Tallies" >> beam.Flatten()
        | "Count" >> beam.CombineGlobally(SumTallies())
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


def _look(plan: PreprocessPlan) -> list[str]:
    options = plan.options
    max_row_bytes = int(options.max_row_mb * (1 << 20))
    return misfits(plan.files, options.layout(), max_row_bytes=max_row_bytes)


def _refusal(directory: RunDirectory) -> Refusal | None:
    stats = directory.read_json("stats.json")
    if not stats or not stats["refusal"]:
        return None
    settled = stats["reconciles"] and "did not settle" not in stats["refusal"]
    return Refusal(stats["refusal"], GATE if settled else FAILED, "stats.json")


def _checked(plan: PreprocessPlan) -> str:
    size = sum(file.bytes for file in plan.files)
    form, shares = plan.form, plan.splits.shares
    return "\n".join(
        [
            "dry run: everything checks out, nothing was written",
            f"  inputs   {many(len(plan.files), 'file')}, {size:,} bytes",
            *left_out_lines(plan.commit.left_out),
            f"  images   {form.height} × {form.width}, {form.encoding.value}",
            "  splits   " + ", ".join(f"{name} {share:.1%}" for name, share in shares.items()),
            f"  output   {plan.directory.path}",
        ]
    )


JOB: Job[PreprocessOptions, PreprocessPlan] = Job(
    options=PreprocessOptions,
    plan=make_plan,
    build=build,
    checked=_checked,
    summary=summary,
    refusal=_refusal,
    look=_look,
    own=OWN,
)
