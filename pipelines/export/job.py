"""``pipelines.export`` as a job to launch."""

from __future__ import annotations

from typing import Any

import apache_beam as beam

from moderation.audit.tally_transforms import TALLY
from moderation.exports.apply_limits import KEPT, Limit
from moderation.exports.bank import BANK, ENTRIES, BankEntries
from moderation.exports.differ import DIFFERING
from moderation.exports.held_out import HELD_OUT
from moderation.exports.input_rows import COUNTS, PROBLEMS, REJECTED, ROWS
from moderation.exports.item_sides import DECISIONS, FORMER, RECORDS, VERDICTS
from moderation.exports.read_held_out import ITEMS, UNREAD, ReadHeldOut
from moderation.exports.read_inputs import (
    PackedDecisions,
    PackedFormer,
    PackedRecords,
    PackedVerdicts,
)
from moderation.exports.select_items import DECIDED, SELECTED
from moderation.exports.selection_rules import Why
from moderation.exports.set_report import OWN
from moderation.exports.shuffle_buckets import buckets_for
from moderation.exports.split_rows import SPLIT
from moderation.exports.write_rows import LABELS, SHARDS
from moderation.runs.close import CloseRun, RunParts
from pipelines.command.launch import Job
from pipelines.command.summary_lines import left_out_lines, many
from pipelines.command.values import split_list
from pipelines.export.options import ExportOptions
from pipelines.export.plan import ExportPlan, make_plan
from pipelines.export.summary import summary


def build(pipeline: Any, plan: ExportPlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
    options, buckets = plan.options, buckets_for(plan.rows)

    decisions = pipeline | "Decisions" >> PackedDecisions(
        plan.decisions, plan.key, buckets, plan.answer_rules
    )
    records = pipeline | "Records" >> PackedRecords(
        plan.runs,
        plan.inline_images,
        buckets,
        decisions=decisions[ROWS] if options.pseudo_label_above is None else None,
    )
    held_out = pipeline | "HeldOut" >> ReadHeldOut(
        plan.held_out, plan.held_out_layout, plan.inline_images, plan.door
    )
    selected = {
        VERDICTS: pipeline | "Verdicts" >> PackedVerdicts(plan.runs, buckets),
        RECORDS: records[ROWS],
        DECISIONS: decisions[ROWS],
        FORMER: pipeline | "Former" >> PackedFormer(plan.former, buckets),
        PROBLEMS: records[PROBLEMS],
        HELD_OUT: held_out[ITEMS],
    } | "Select" >> plan.select_items
    bank = BankEntries(frozenset(split_list(options.bank)))
    banked = selected[SELECTED] | "Bank" >> beam.ParDo(bank).with_outputs(ENTRIES, TALLY)
    capped = selected[SELECTED] | "PerSource" >> Limit(
        "source", Why.OVER_SOURCE_LIMIT, at_most=options.max_per_source
    )
    balanced = capped[KEPT] | "PerLabel" >> Limit(
        "by_label", Why.BALANCED_AWAY, balance=options.balance
    )
    kept, tallies = balanced[KEPT], []
    if plan.split_rows is not None:
        split = kept | "Split" >> plan.split_rows
        kept, tallies = split[SPLIT], [split[TALLY]]
    labels = kept | "Labels" >> beam.CombineGlobally(plan.collect_labels)
    written = {
        "rows": kept,
        HELD_OUT: held_out[ITEMS],
        LABELS: labels,
    } | "Rows" >> plan.write_set
    steps = (selected, capped, balanced, written)
    differing = tuple(step[DIFFERING] for step in steps) | "Differing" >> beam.Flatten()
    _ = RunParts(
        tables={
            "decisions": selected[DECIDED],
            "diff": differing,
            **({BANK.table: banked[ENTRIES]} if options.bank else {}),
        },
        rejected=(
            decisions[REJECTED],
            selected[REJECTED],
            written[REJECTED],
        ),
        tallies=(decisions[TALLY], banked[TALLY], *(step[TALLY] for step in steps), *tallies),
        counts=(decisions[COUNTS],),
        shards=(written[SHARDS],),
        sides={ITEMS: held_out[ITEMS], UNREAD: held_out[UNREAD], LABELS: labels},
    ) | "Close" >> CloseRun(plan.header, plan.report)


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
            *left_out_lines(plan.header.left_out),
            f"  output     {plan.directory.path}",
        ]
    )


JOB: Job[ExportOptions, ExportPlan] = Job(
    options=ExportOptions,
    plan=make_plan,
    build=build,
    checked=_checked,
    summary=summary,
    report="export.json",
    own=OWN,
)
