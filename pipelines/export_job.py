"""``pipelines.export`` as a job to launch."""

from __future__ import annotations

import datetime
from typing import Any

from moderation.datasets.export.commit import OWN
from moderation.runs.directory import RunDirectory
from pipelines.export_options import ExportOptions, build_parser
from pipelines.export_plan import ExportPlan, make_plan
from pipelines.export_summary import summary
from pipelines.inputs import left_out_lines
from pipelines.launch import FAILED, GATE, Job, Refusal
from pipelines.words import many


def export_job(build: Any) -> Job[ExportOptions, ExportPlan]:
    """The job, laid out by ``build``."""
    return Job(
        name="export",
        parser=build_parser,
        plan=_plan,
        build=build,
        checked=_checked,
        summary=summary,
        refusal=_refusal,
        own=OWN,
    )


def _plan(options: ExportOptions, now: datetime.datetime) -> ExportPlan:
    return make_plan(options, now=now)


def _refusal(directory: RunDirectory) -> Refusal | None:
    report = directory.read_json("export.json")
    if not report or not report["refusal"]:
        return None
    code = FAILED if "reconcile" in report["refusal"] else GATE
    return Refusal(report["refusal"], code, "export.json")


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
            *left_out_lines(plan.commit.left_out),
            f"  output     {plan.directory.path}",
        ]
    )
