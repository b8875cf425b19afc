"""What is settled before an evaluation's first row: scores, truth, rules, the run directory."""

from __future__ import annotations

import datetime
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, replace

from moderation.evaluation.evaluation_report import EvaluationReport
from moderation.evaluation.facts import Facts, SubmissionFor
from moderation.evaluation.figures.measure import Measures
from moderation.evaluation.pairing.grouping import NONE, GroupBy
from moderation.evaluation.pairing.parse_rows import LabelReader
from moderation.evaluation.pairing.read_sides import LabelledExamples
from moderation.evaluation.pairing.settle_item import Rules
from moderation.exports.shuffle_buckets import buckets_for
from moderation.records.read_tfrecord import DatasetError
from moderation.review.answers.shape import exported_by
from moderation.runs.committed import CommittedRun, RunError, table_files
from moderation.runs.directory import RunDirectory
from moderation.runs.header import RunHeader, joined
from moderation.storage.input_files import InputFile
from pipelines.command.places import expect_another, free_directory, matched, run_header
from pipelines.command.usage import UsageError
from pipelines.command.values import parse_tasks, split_list
from pipelines.evaluate.inputs import (
    baseline_of,
    former_items,
    open_examples,
    open_runs,
    scored_by_file,
    scored_by_run,
    thresholds_of,
)
from pipelines.evaluate.options import EvaluateOptions
from pipelines.evaluate.policy import Policing, policing_of
from schemas.manifest import Manifest
from schemas.records import Kind

_PACKAGES = ("moderation-pipeline", "apache-beam", "numpy", "pyarrow", "scikit-learn", "matplotlib")
_ROW_BYTES = 128
_LOOKED_AT = 32
"""Label files, before the run."""
_SCORED_WITH = ("model_name", "model_fingerprint", "policy_version")


@dataclass(frozen=True, slots=True)
class EvaluatePlan:
    """An evaluation that can start. Making it read no verdict and wrote nothing."""

    options: EvaluateOptions
    scores: tuple[InputFile, ...]
    """Verdict tables, or score files."""
    lost: tuple[InputFile, ...]
    """The dead letters of the runs."""
    labels: tuple[InputFile, ...]
    examples: LabelledExamples | None
    former: tuple[InputFile, ...]
    wanted: tuple[InputFile, ...]
    rules: Rules
    reader: LabelReader
    measures: Measures
    policing: Policing
    header: RunHeader
    report: EvaluationReport

    @property
    def directory(self) -> RunDirectory:
        """Where the evaluation goes."""
        return self.header.directory

    @property
    def submission_task(self) -> str | None:
        """The task that a submission is of."""
        submission = self.report.facts.submission
        return submission.task if submission else None

    @property
    def buckets(self) -> int:
        """How many buckets the join has."""
        rows = self.report.facts.score_rows or 0
        sides = (self.scores, self.labels, self.wanted)
        guessed = max(sum(file.bytes for file in files) for files in sides) // _ROW_BYTES
        return buckets_for(max(rows, guessed))


def _expect_settled(labels: Sequence[InputFile]) -> None:
    """Raise ``UsageError`` where a label tool's export is given for labels."""
    for file in labels[:_LOOKED_AT]:
        if tool := exported_by(file):
            raise UsageError(
                f"--labels {file.path!r} is {tool.value}: several people may have answered an "
                "item, or nobody, and the tool's ids are not ours. Settle them with "
                "pipelines.export --decisions, and give its data/ here"
            )


def make_plan(options: EvaluateOptions, now: datetime.datetime) -> EvaluatePlan:
    """Check everything that can be checked, and settle it.

    Raises:
        UsageError: with the value, the reason and the remedy.
    """
    directory = free_directory(options, now)
    runs, (former_manifest, former), examples = _opened(options)
    verdicts = tuple(file for run in runs for file in run.verdict_files)
    scored = matched("scores", options.scores)
    labelled = matched("labels", options.labels)
    scores, labels = verdicts or scored.files, labelled.files
    _expect_settled(labels)
    if not (labels or examples or options.submission_for):
        labels = verdicts
    wanted = _wanted(options.submission_for)
    expect_another("baseline", options.baseline, directory)
    policing = policing_of(options, runs)
    rules = replace(_rules(options), targets=policing.targets)
    lost = tuple(
        file for run in runs for file in table_files(run.path, run.manifest, "dead_letters")
    )
    from_examples = examples.files if examples else ()
    inputs = (*scores, *lost, *labels, *from_examples, *former, *wanted)
    scored_by = tuple(map(scored_by_run, runs)) or tuple(map(scored_by_file, scores))
    slice_columns = split_list(options.slice_by)
    return EvaluatePlan(
        options=options,
        scores=scores,
        lost=lost,
        labels=labels,
        examples=examples,
        former=former,
        wanted=wanted,
        rules=rules,
        reader=LabelReader(options.layout(), slice_columns, _group_by(options)),
        measures=_measures(options, rules, slice_columns),
        policing=policing,
        header=run_header(
            options,
            directory,
            now,
            packages=_PACKAGES,
            inputs={file.path: file for file in inputs}.values(),
            left_out=(*scored.left_out, *labelled.left_out),
            **{name: joined(getattr(each, name) for each in scored_by) for name in _SCORED_WITH},
        ),
        report=EvaluationReport(
            replace(
                _asked(options, wanted, rules),
                scored_by=scored_by,
                score_rows=sum(run.verdicts for run in runs) if runs else None,
                label_files=tuple(file.path for file in (*labels, *from_examples)),
                label_rows=examples.promised if examples else None,
                baseline=baseline_of(options.baseline, former_manifest),
                decided_by=policing.told,
            )
        ),
    )


def _opened(
    options: EvaluateOptions,
) -> tuple[
    tuple[CommittedRun, ...],
    tuple[Manifest | None, tuple[InputFile, ...]],
    LabelledExamples | None,
]:
    """Runs, an earlier evaluation, and examples; raises ``UsageError``."""
    try:
        return (
            open_runs(options.verdicts),
            former_items(options.baseline),
            open_examples(options.examples, options.split),
        )
    except (RunError, DatasetError) as error:
        raise UsageError.of(error) from error


def _asked(options: EvaluateOptions, wanted: tuple[InputFile, ...], rules: Rules) -> Facts:
    submission = None
    if wanted:
        task = rules.tasks[Kind.MEME]
        submission = SubmissionFor(wanted[0].path, task, options.submission_threshold)
    return Facts(
        submission=submission,
        min_coverage=options.min_coverage,
        notes=options.note,
        max_unreadable_files=options.max_unreadable_files,
        group_column=_group_by(options).column,
        group_asked=options.group_by not in (None, NONE),
    )


def _wanted(path: str | None) -> tuple[InputFile, ...]:
    wanted = matched("submission_for", (path,) if path else ()).files
    if len(wanted) > 1:
        raise UsageError(f"--submission_for {path!r}: name one file")
    return wanted


def _group_by(options: EvaluateOptions) -> GroupBy:
    by = GroupBy.of(options.group_by)
    if by.contents and importlib.util.find_spec("rensa") is None:
        raise UsageError(
            "--group_by is not given, and telling near-equal texts needs the package rensa, of the "
            "extra 'data': install it, or name the column of groups, or none for item by item"
        )
    return by


def _rules(options: EvaluateOptions) -> Rules:
    several = frozenset(split_list(options.multi_label))
    return Rules(parse_tasks(options.tasks), several, thresholds_of(options.thresholds, several))


def _measures(options: EvaluateOptions, rules: Rules, slice_columns: tuple[str, ...]) -> Measures:
    return Measures(
        slice_columns=slice_columns,
        max_slices=options.max_slices,
        multi_label=rules.multi_label,
        thresholds=rules.thresholds,
        replicates=options.replicates,
        seed=options.seed,
    )
