"""``pipelines.evaluate`` as a job to launch."""

from __future__ import annotations

from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsIter, AsSingleton

from moderation.audit.tallying import TALLY, SumTallies
from moderation.evaluation import commit
from moderation.evaluation.commit import OWN
from moderation.evaluation.figures.measure import MeasureTasks
from moderation.evaluation.pairing import join, read, readers, tables
from moderation.evaluation.submission import WriteSubmission
from moderation.records.dead_letters.write import DEAD_LETTERS, ToDeadLetters
from moderation.runs.directory import RunDirectory
from moderation.storage.digests import Digests
from moderation.storage.shards import WriteShards
from pipelines.command.launch import Job, Refusal
from pipelines.command.run import FAILED, GATE
from pipelines.command.summary_lines import left_out_lines, many
from pipelines.evaluate.options import EvaluateOptions
from pipelines.evaluate.plan import EvaluatePlan, make_plan
from pipelines.evaluate.summary import summary


def build(pipeline: Any, plan: EvaluatePlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
    directory, staging = plan.directory, f"{plan.directory.staging}/out"
    sides = _sides(pipeline, plan)

    joined = (
        {name: side.rows for name, side in sides.items()}
        | "Join" >> beam.CoGroupByKey()
        | "Pair"
        >> beam.ParDo(
            join.JoinItems(
                plan.rules,
                plan.measures.slice_columns,
                submission_task=plan.submission_task,
                compare=plan.commit.facts.baseline is not None,
            )
        ).with_outputs(join.ITEMS, join.REJECTED, join.ANSWERS, TALLY, main=join.BLOCKS)
    )
    measured = (
        joined[join.BLOCKS]
        | "Gather" >> beam.GroupByKey()
        | "Measure" >> beam.ParDo(MeasureTasks(plan.measures))
    )
    submission = (
        joined[join.ANSWERS]
        | "InOneFile" >> beam.GroupByKey()
        | "WriteSubmission"
        >> beam.ParDo(WriteSubmission(staging, plan.options.submission_threshold)).with_outputs(
            TALLY, main="shards"
        )
    )
    letters = (
        (*(side.rejected for side in sides.values() if side.rejected), joined[join.REJECTED])
        | "Rejected" >> beam.Flatten()
        | "Letter"
        >> beam.ParDo(ToDeadLetters(directory.run_id)).with_outputs(TALLY, main="letters")
    )
    files = (
        joined[join.ITEMS] | "WriteItems" >> beam.ParDo(WriteShards(tables.ITEMS, staging)),
        letters["letters"] | "WriteDeadLetters" >> beam.ParDo(WriteShards(DEAD_LETTERS, staging)),
        submission["shards"],
    ) | "Shards" >> beam.Flatten()
    tally = (
        (
            *(side.tally for side in sides.values()),
            *(step[TALLY] for step in (joined, letters, submission)),
        )
        | "Tallies" >> beam.Flatten()
        | "Count" >> beam.CombineGlobally(SumTallies())
    )
    digests = pipeline | "Digests" >> Digests(plan.commit.inputs)
    _ = (
        pipeline
        | "Once" >> beam.Create([None])
        | "Commit"
        >> beam.ParDo(
            commit.CommitEvaluation(plan.commit),
            shards=AsIter(files),
            measured=AsIter(measured),
            digests=AsIter(digests),
            tally=AsSingleton(tally),
        )
    )


def _sides(pipeline: Any, plan: EvaluatePlan) -> dict[str, Any]:
    """What meets in the join; a side that was not asked for is not there."""
    buckets, layout = plan.buckets, plan.reader.layout
    from_runs = plan.commit.facts.score_rows is not None
    scored = read.read_scored(plan.rules.multi_label, verdicts=from_runs)
    wanted = partial(readers.read_wanted, layout=layout)
    packed: dict[str, Any] = {
        join.SCORES: read.PackedRows(plan.scores, scored, "verdicts", buckets),
        join.LABELS: read.PackedLabels(plan.labels, plan.examples, plan.reader, buckets),
        join.LOST: read.PackedRows(plan.lost, read.read_lost, "lost", buckets, strict=True),
        join.FORMER: read.PackedRows(plan.former, read.read_former, "former", buckets, strict=True),
        join.WANTED: read.PackedRows(plan.wanted, wanted, "wanted", buckets),
    }
    return {name: pipeline | f"Read/{name}" >> side for name, side in packed.items() if side.files}


def _refusal(directory: RunDirectory) -> Refusal | None:
    report = directory.read_json("metrics.json")
    if not report or not report["refusal"]:
        return None
    return Refusal(report["refusal"], GATE if report["reconciles"] else FAILED, "metrics.json")


def _checked(plan: EvaluatePlan) -> str:
    facts = plan.commit.facts
    rows = f" with {facts.score_rows:,} verdicts" if facts.score_rows is not None else ""
    what = "run" if facts.score_rows is not None else "file"
    truth = many(len(facts.label_files), "file") if facts.label_files else "none"
    return "\n".join(
        [
            "dry run: everything checks out, nothing was evaluated",
            f"  scores     {many(len(facts.scored_by), what)}{rows}",
            f"  labels     {truth}",
            *left_out_lines(plan.commit.left_out),
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
    refusal=_refusal,
    own=OWN,
)
