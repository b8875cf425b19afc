"""``pipelines.evaluate`` as a job to launch."""

from __future__ import annotations

from functools import partial
from typing import Any

import apache_beam as beam

from moderation.audit.tally_transforms import TALLY
from moderation.evaluation.evaluation_report import MEASURED, OWN
from moderation.evaluation.figures.measure import MeasureTasks
from moderation.evaluation.pairing.pair_items import (
    ANSWERS,
    BLOCKS,
    CONTENTS,
    FORMER,
    ITEMS,
    LABELS,
    LOST,
    REJECTED,
    SCORES,
    WANTED,
    PairItems,
)
from moderation.evaluation.pairing.parse_rows import read_wanted
from moderation.evaluation.pairing.read_sides import (
    PackedLabels,
    PackedRows,
    Side,
    read_former,
    read_lost,
    read_scored,
)
from moderation.evaluation.submission import SHARDS, WriteSubmission
from moderation.runs.close import CloseRun, RunParts
from moderation.storage.packing import LEAST_BUCKETS
from pipelines.command.launch import Job
from pipelines.command.summary_lines import left_out_lines, many
from pipelines.evaluate.options import EvaluateOptions
from pipelines.evaluate.plan import EvaluatePlan, make_plan
from pipelines.evaluate.summary import summary
from schemas.datasets import Link

LINKS = (Link.IMAGE, Link.TEXT, Link.NEAR_TEXT)
TEXT_SIMILARITY = 0.6
"""As ``pipelines.preprocess`` has it."""


def build(pipeline: Any, plan: EvaluatePlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
    sides = _sides(pipeline, plan)

    paired = {name: side.rows for name, side in sides.items()} | "Pair" >> PairItems(
        plan.rules,
        plan.measures.slice_columns,
        submission_task=plan.submission_task,
        compare=plan.report.facts.baseline is not None,
        group_by=plan.reader.group_by,
    )
    linked = _linked(paired[CONTENTS], plan)
    measured = (paired[BLOCKS], *linked) | "Measure" >> MeasureTasks(plan.measures)
    submission = paired[ANSWERS] | "Submit" >> WriteSubmission(
        f"{plan.directory.staging}/out", plan.options.submission_threshold
    )
    rejected = (side.rejected for side in sides.values() if side.rejected)
    _ = RunParts(
        tables={"items": paired[ITEMS]},
        rejected=(*rejected, paired[REJECTED]),
        tallies=(*(side.tally for side in sides.values()), paired[TALLY], submission[TALLY]),
        shards=(submission[SHARDS],),
        sides={MEASURED: measured},
    ) | "Close" >> CloseRun(plan.header, plan.report)


def _linked(contents: Any, plan: EvaluatePlan) -> tuple[Any, ...]:
    """Items whose texts or pictures are those of others, as arrays of edges; where it is asked."""
    if not plan.reader.group_by.contents:
        return ()
    from moderation.datasets.groups.group import GroupContents, GroupRules

    rules = GroupRules(LINKS, TEXT_SIMILARITY, max(plan.buckets, LEAST_BUCKETS))
    return (contents | "Group" >> GroupContents(rules) | "Edges" >> beam.Values(),)


def _sides(pipeline: Any, plan: EvaluatePlan) -> dict[str, Side]:
    """What meets in the join; a side that was not asked for is not there."""
    buckets, layout = plan.buckets, plan.reader.layout
    from_runs = plan.report.facts.score_rows is not None
    scored = read_scored(plan.rules.multi_label, verdicts=from_runs, decide=plan.policing.decide)
    wanted = partial(read_wanted, layout=layout)
    packed: dict[str, Any] = {
        SCORES: PackedRows(plan.scores, scored, "verdicts", buckets),
        LABELS: PackedLabels(plan.labels, plan.examples, plan.reader, buckets),
        LOST: PackedRows(plan.lost, read_lost, "lost", buckets, strict=True),
        FORMER: PackedRows(plan.former, read_former, "former", buckets, strict=True),
        WANTED: PackedRows(plan.wanted, wanted, "wanted", buckets),
    }
    return {name: pipeline | f"Read/{name}" >> side for name, side in packed.items() if side.files}


def _checked(plan: EvaluatePlan) -> str:
    facts = plan.report.facts
    rows = f" with {facts.score_rows:,} verdicts" if facts.score_rows is not None else ""
    what = "run" if facts.score_rows is not None else "file"
    truth = many(len(facts.label_files), "file") if facts.label_files else "none"
    return "\n".join(
        [
            "dry run: everything checks out, nothing was evaluated",
            f"  scores     {many(len(facts.scored_by), what)}{rows}",
            f"  labels     {truth}",
            *left_out_lines(plan.header.left_out),
            f"  baseline   {facts.baseline.run_id if facts.baseline else 'none'}",
            f"  output     {plan.directory.path}",
        ]
    )


JOB: Job[EvaluateOptions, EvaluatePlan] = Job(
    options=EvaluateOptions,
    plan=make_plan,
    build=build,
    checked=_checked,
    summary=summary,
    report="metrics.json",
    own=OWN,
)
