"""The main job: records in; verdicts, dead letters, review queue and audit out.

``python -m pipelines.score --runner=DirectRunner`` scores the built-in sample.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.launch import run
from pipelines.options import build_parser, parse

if TYPE_CHECKING:
    from pipelines.plan import RunPlan


def build(pipeline: Any, plan: RunPlan) -> None:
    """Lay the job out on a Beam pipeline, from top to bottom as the rows flow."""
    import apache_beam as beam
    from apache_beam.pvalue import AsIter, AsSingleton

    from moderation.images.prefetch import FETCHING
    from moderation.records import read
    from moderation.records.digests import Digests
    from moderation.runs import commit
    from moderation.runs.shards import WriteShards
    from moderation.verdicts import join, score, tables
    from moderation.verdicts.decide import Judge

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
            join.VERDICTS, join.REVIEWS, join.REJECTED, join.TALLY
        )
    )
    letters = (
        (rows[read.REJECTED], joined[join.REJECTED])
        | "Lost" >> beam.Flatten()
        | "Letter"
        >> beam.ParDo(join.ToDeadLetters(run_id)).with_outputs(join.TALLY, main="letters")
    )
    shards = (
        joined[join.VERDICTS]
        | "WriteVerdicts" >> beam.ParDo(WriteShards(verdicts_layout, staging)),
        joined[join.REVIEWS]
        | "WriteReviewQueue" >> beam.ParDo(WriteShards(tables.REVIEW_QUEUE, staging)),
        letters["letters"]
        | "WriteDeadLetters" >> beam.ParDo(WriteShards(tables.DEAD_LETTERS, staging)),
    ) | "Shards" >> beam.Flatten()
    tally = (
        (joined[join.TALLY], letters[join.TALLY])
        | "Tallies" >> beam.Flatten()
        | "Count" >> beam.CombineGlobally(join.SumTallies())
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
                    layouts=(verdicts_layout, tables.DEAD_LETTERS, tables.REVIEW_QUEUE),
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


def _job() -> Any:
    """Only once the libraries behind it were told to be quiet."""
    from pipelines.score_job import score_job

    return score_job(build)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; return its exit code (0 done, 1 failed, 2 usage, 3 a gate broke)."""
    return run("score", parse, build_parser, _job, argv)


if __name__ == "__main__":
    sys.exit(main())
