"""``pipelines.preprocess`` as a job to launch."""

from __future__ import annotations

from typing import Any

import apache_beam as beam

from moderation.audit.tally_transforms import TALLY
from moderation.datasets import rows
from moderation.datasets.encode import EncodeImages
from moderation.datasets.examples_report import OWN, VOCABULARY
from moderation.datasets.groups.group import GroupContents
from moderation.datasets.groups.group_tables import GROUPS, LARGEST, ListGroups
from moderation.datasets.groups.resolve import CONFLICTS, KEPT, WEIGHTS, ResolveGroups
from moderation.datasets.join import JoinRecords
from moderation.datasets.write_examples import SHARDS, WriteExamples
from moderation.images.prefetch import FETCHING
from moderation.records import read
from moderation.records.first_rows import misfits
from moderation.runs.close import CloseRun, RunParts
from pipelines.command.launch import Job
from pipelines.command.summary_lines import left_out_lines, many
from pipelines.preprocess.options import PreprocessOptions
from pipelines.preprocess.plan import PreprocessPlan, make_plan
from pipelines.preprocess.summary import summary


def build(pipeline: Any, plan: PreprocessPlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
    options = plan.options
    staging = f"{plan.directory.staging}/out"

    records = pipeline | "Read" >> read.ReadRecords(
        plan.header.inputs,
        plan.validator,
        max_row_bytes=int(options.max_row_mb * (1 << 20)),
        limit=options.limit,
        buckets=plan.buckets,
    )
    prepared = records | "Prepare" >> JoinRecords(
        plan.row_rules,
        EncodeImages(plan.form, plan.door, f"{plan.directory.staging}/encoded"),
        plan.buckets,
    )
    vocabulary = prepared[rows.LABELS] | "Labels" >> beam.CombineGlobally(plan.collect_labels)
    groups = prepared[rows.CONTENTS] | "Group" >> GroupContents(plan.group_rules)
    resolved = {
        "rows": prepared[rows.ROWS],
        "groups": groups,
        VOCABULARY: vocabulary,
    } | "Resolve" >> ResolveGroups(plan.conflict_rule, plan.splits, plan.buckets)
    kept = (resolved[KEPT], resolved[WEIGHTS]) | "Split" >> plan.assign_splits
    written = {"rows": kept, VOCABULARY: vocabulary} | "WriteExamples" >> WriteExamples(
        plan.form,
        staging,
        shard_bytes=int(options.shard_mb * (1 << 20)),
        compressed=options.gzip,
        several=options.multi_label,
    )
    listed = kept | "ListGroups" >> ListGroups(plan.buckets)
    _ = RunParts(
        tables={"conflicts": resolved[CONFLICTS], "groups": listed[GROUPS.table]},
        rejected=(records[read.REJECTED], prepared[rows.REJECTED], resolved[rows.REJECTED]),
        tallies=(resolved[TALLY], written[TALLY], listed[TALLY]),
        counts=(records[read.COUNTS],),
        shards=(written[SHARDS],),
        sides={
            VOCABULARY: vocabulary,
            LARGEST: listed[LARGEST],
            FETCHING: prepared[FETCHING],
        },
    ) | "Close" >> CloseRun(plan.header, plan.report)


def _look(plan: PreprocessPlan) -> list[str]:
    options = plan.options
    max_row_bytes = int(options.max_row_mb * (1 << 20))
    return misfits(plan.header.inputs, options.layout(), max_row_bytes=max_row_bytes)


def _checked(plan: PreprocessPlan) -> str:
    size = sum(file.bytes for file in plan.header.inputs)
    form, shares = plan.form, plan.splits.shares
    return "\n".join(
        [
            "dry run: everything checks out, nothing was written",
            f"  inputs   {many(len(plan.header.inputs), 'file')}, {size:,} bytes",
            *left_out_lines(plan.header.left_out),
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
    report="stats.json",
    look=_look,
    own=OWN,
)
