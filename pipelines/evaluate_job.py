"""``pipelines.evaluate`` as a job to launch."""

from __future__ import annotations

from typing import Any

from moderation.evaluation.commit import OWN
from moderation.runs.directory import RunDirectory
from pipelines.evaluate_options import EvaluateOptions, build_parser
from pipelines.evaluate_plan import EvaluatePlan, make_plan
from pipelines.evaluate_summary import summary
from pipelines.inputs import left_out_lines
from pipelines.launch import FAILED, GATE, Job, Refusal
from pipelines.words import many


def evaluate_job(build: Any) -> Job[EvaluateOptions, EvaluatePlan]:
    """The job, laid out by ``build``."""
    return Job(
        name="evaluate",
        parser=build_parser,
        plan=make_plan,
        build=build,
        checked=_checked,
        summary=summary,
        refusal=_refusal,
        own=OWN,
    )


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
