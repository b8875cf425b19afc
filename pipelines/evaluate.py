"""How good a model is: its verdicts meet the truth, and every figure comes with an interval.

``python -m pipelines.evaluate --verdicts 'runs/run_id=*' --labels test.jsonl``
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from pipelines.evaluate_options import build_parser, parse
from pipelines.launch import run

if TYPE_CHECKING:
    from pipelines.evaluate_plan import EvaluatePlan


def build(pipeline: Any, plan: EvaluatePlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
    import apache_beam as beam
    from apache_beam.pvalue import AsIter, AsSingleton

    from moderation.evaluation import commit, join, tables
    from moderation.evaluation.measure import MeasureTasks
    from moderation.evaluation.submission import WriteSubmission
    from moderation.records.digests import Digests
    from moderation.runs.shards import WriteShards
    from moderation.verdicts.join import SumTallies, ToDeadLetters

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
        ).with_outputs(join.ITEMS, join.REJECTED, join.ANSWERS, join.TALLY, main=join.BLOCKS)
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
            join.TALLY, main="shards"
        )
    )
    letters = (
        (*(side.rejected for side in sides.values() if side.rejected), joined[join.REJECTED])
        | "Rejected" >> beam.Flatten()
        | "Letter"
        >> beam.ParDo(ToDeadLetters(directory.run_id)).with_outputs(join.TALLY, main="letters")
    )
    files = (
        joined[join.ITEMS] | "WriteItems" >> beam.ParDo(WriteShards(tables.ITEMS, staging)),
        letters["letters"]
        | "WriteDeadLetters" >> beam.ParDo(WriteShards(tables.DEAD_LETTERS, staging)),
        submission["shards"],
    ) | "Shards" >> beam.Flatten()
    tally = (
        (
            *(side.tally for side in sides.values()),
            *(step[join.TALLY] for step in (joined, letters, submission)),
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
    from moderation.evaluation import join, read, readers

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


def _job() -> Any:
    """Only once the libraries behind it were told to be quiet."""
    from pipelines.evaluate_job import evaluate_job

    return evaluate_job(build)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; return its exit code (0 done, 1 failed, 2 usage, 3 a gate broke)."""
    return run("evaluate", parse, build_parser, _job, argv)


if __name__ == "__main__":
    sys.exit(main())
