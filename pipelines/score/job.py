"""``pipelines.score`` as a job to launch."""

from __future__ import annotations

from collections.abc import Sequence

from apache_beam.options.pipeline_options import PipelineOptions

from moderation.models.cut_texts import cut_texts
from moderation.ocr.model import OcrError
from moderation.ocr.reader import expect_works
from moderation.profiling.meter import meter
from moderation.records.first_rows import first_items, misfits
from pipelines.command.beam_options import one_process_a_machine
from pipelines.command.launch import Job
from pipelines.command.resuming import begin
from pipelines.command.summary_lines import left_out_lines, many
from pipelines.command.usage import UsageError
from pipelines.score.in_slices import run_in_slices
from pipelines.score.options import ScoreOptions
from pipelines.score.plan import RunPlan, make_plan
from pipelines.score.precision import settle
from pipelines.score.slice_columns import look_for
from pipelines.score.stretch import build
from pipelines.score.summary import precision_lines, summary
from schemas.card import leaves_of


def _warm_up(plan: RunPlan, verbose: bool) -> RunPlan:
    """Load the models where they will work anyway: what is wrong is told before any row."""
    if plan.lost:
        return plan
    try:
        if plan.read:
            expect_works(plan.read)
    except OcrError as error:
        raise UsageError.of(error) from error
    return settle(plan, verbose=verbose)


def _look(plan: RunPlan) -> list[str]:
    return misfits(plan.header.inputs, plan.options.layout(), max_row_bytes=plan.max_row_bytes)


def _words(plan: RunPlan) -> Sequence[str]:
    """What a person should know, and what the model's tokens are too few for."""
    bundle, texts = plan.bundle, []
    if plan.lost:
        return plan.words
    if any(spec.tokens for task in bundle.card.tasks for spec in leaves_of(task.inputs)):
        items = first_items(
            plan.header.inputs, plan.options.layout(), max_row_bytes=plan.max_row_bytes
        )
        texts = [(item.kind, item.texts) for item in items]
    cut = cut_texts(bundle.card, texts, vocabulary=bundle.vocabulary, content=bundle.content)
    sliced = look_for(
        plan.report.slice_by,
        plan.header.inputs,
        plan.options.layout(),
        max_row_bytes=plan.max_row_bytes,
    )
    return [*plan.words, *sliced, *cut]


def _begin(plan: RunPlan) -> str | None:
    if plan.options.profile:
        meter.begin(plan.directory.run_id)
    else:
        meter.end()
    return begin(
        plan.directory,
        started_at=plan.header.started_at,
        bundle=plan.bundle,
    )


def _asks(plan: RunPlan, engine: PipelineOptions) -> None:
    if plan.options.accelerator:
        one_process_a_machine(engine)


def _checked(plan: RunPlan) -> str:
    size = sum(file.bytes for file in plan.header.inputs)
    card = plan.bundle.card
    tasks = ", ".join(f"{task.name} for {task.kind.value}s" for task in card.tasks)
    return "\n".join(
        [
            "dry run: everything checks out, nothing was scored",
            f"  inputs   {many(len(plan.header.inputs), 'file')}, {size:,} bytes",
            *left_out_lines(plan.header.left_out),
            f"  model    {card.name} {card.version} ({plan.bundle.fingerprint[:12]}): {tasks}",
            *precision_lines(plan.header.precision),
            f"  policy   {plan.policy.policy.version} ({plan.policy.path})",
            *(f"  bank     {words}" for words in plan.banks.words()),
            f"  output   {plan.directory.path}",
        ]
    )


JOB: Job[ScoreOptions, RunPlan] = Job(
    options=ScoreOptions,
    plan=make_plan,
    build=build,
    checked=_checked,
    summary=summary,
    report="audit.html",
    look=_look,
    warm_up=_warm_up,
    locally=run_in_slices,
    words=_words,
    asks=_asks,
    begin=_begin,
)
