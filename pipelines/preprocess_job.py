"""``pipelines.preprocess`` as a job to launch."""

from __future__ import annotations

from typing import Any

from moderation.datasets.commit import OWN
from moderation.records.first_rows import misfits
from moderation.runs.directory import RunDirectory
from pipelines.inputs import left_out_lines
from pipelines.launch import FAILED, GATE, Job, Refusal
from pipelines.preprocess_options import PreprocessOptions, build_parser
from pipelines.preprocess_plan import PreprocessPlan, make_plan
from pipelines.preprocess_summary import summary
from pipelines.words import many


def preprocess_job(build: Any) -> Job[PreprocessOptions, PreprocessPlan]:
    """The job, laid out by ``build``."""
    return Job(
        name="preprocess",
        parser=build_parser,
        plan=make_plan,
        build=build,
        checked=_checked,
        summary=summary,
        refusal=_refusal,
        look=_look,
        own=OWN,
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
