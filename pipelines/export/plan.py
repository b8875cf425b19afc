"""What is settled before an export's first row: runs, decisions, rules, the run directory."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from moderation.datasets.splits.rules import Splits
from moderation.exports.account import ExportFacts
from moderation.exports.card import CARD
from moderation.exports.images import FOLDER, ImagePlacer
from moderation.exports.reviewer_key import ReviewerKey, ReviewerKeyError, load_key
from moderation.exports.runs import Runs, open_runs
from moderation.exports.select_items import SelectItems
from moderation.exports.selection_rules import Selection
from moderation.exports.set_contents import DATA
from moderation.exports.set_labels import CollectSetLabels
from moderation.exports.set_report import TrainingSetReport
from moderation.exports.set_tables import SetTables
from moderation.exports.shuffle_buckets import buckets_for
from moderation.exports.split_rows import SplitRows
from moderation.exports.training_rows import RowMaker
from moderation.exports.write_rows import WriteSet, shards_for
from moderation.images.options import DoorOptions
from moderation.records.layout import Layout, parse_columns
from moderation.review.answers.rules import AnswerRules
from moderation.review.answers.shape import AnswersRefused, expect_usable
from moderation.runs.committed import RunError, read_manifest
from moderation.runs.directory import RunDirectory
from moderation.runs.gates import Gates
from moderation.runs.header import RunHeader, joined
from moderation.runs.marker import usual
from moderation.storage.files import is_remote
from moderation.storage.input_files import Format, InputFile
from moderation.storage.parking import Parking
from pipelines.command.door import door_options
from pipelines.command.places import expect_another, free_directory, matched, run_header
from pipelines.command.usage import UsageError
from pipelines.command.values import parse_tasks, split_list
from pipelines.export.options import ExportOptions, parse_hub_splits
from schemas.manifest import Manifest

_PACKAGES = ("moderation-pipeline", "apache-beam", "pyarrow", "nltk")
_LOOKED_AT = 32
"""Decisions files, before the run; the others as they are read."""


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """An export that can start. Making it read no verdict and wrote nothing."""

    options: ExportOptions
    runs: Runs
    decisions: tuple[InputFile, ...]
    held_out: tuple[InputFile, ...]
    former: tuple[InputFile, ...]
    key: ReviewerKey
    rules: Selection
    header: RunHeader
    report: TrainingSetReport
    door: DoorOptions | None
    """How held-out images are fetched; None: they are not."""

    @property
    def directory(self) -> RunDirectory:
        """Where the set goes."""
        return self.header.directory

    @property
    def rows(self) -> int:
        """Rows of the larger side of the join, by the manifests."""
        records = sum(entry.rows for run in self.runs.runs for entry in run.manifest.inputs)
        return max(self.runs.verdicts, records)

    @property
    def inline_images(self) -> Parking:
        """Where image bytes that lie in records wait for being placed."""
        return Parking(f"{self.directory.staging}/inline")

    @property
    def select_items(self) -> SelectItems:
        """How verdicts, records and decisions become rows."""
        columns = split_list(self.options.keep_columns)
        return SelectItems(
            self.runs,
            self.rules,
            RowMaker(self.runs, columns, self.rules.multi_label),
            source_column=self.options.source_column,
            similarity=self.options.exclude_text_similarity,
        )

    @property
    def placer(self) -> ImagePlacer:
        """Where the set's images go: on a disk into the staging area, to be moved at the end.

        In a store they have their final names at once, apart from those of a run that is replaced.
        """
        directory, copy = self.directory, self.options.images == "copy"
        as_files = "jsonl" in self.report.tables.formats
        if not is_remote(directory.path):
            return ImagePlacer(f"{directory.unnamed}/{DATA}", copy=copy, as_files=as_files)
        own = f"{FOLDER}.{directory.short_token}" if self.options.overwrite else FOLDER
        return ImagePlacer(directory.file(DATA), copy=copy, folder=own, as_files=as_files)

    @property
    def write_set(self) -> WriteSet:
        """How rows become files."""
        return WriteSet(
            self.report.tables,
            self.placer,
            f"{self.directory.staging}/out",
            compare=self.options.previous is not None,
            buckets=buckets_for(self.rows),
            shards=shards_for(self.runs.verdicts),
        )

    @property
    def split_rows(self) -> SplitRows | None:
        """How rows get their split; None where there is but one."""
        if not self.report.tables.is_split:
            return None
        return SplitRows(
            Splits(parse_hub_splits(self.options.splits), seed=0),
            rows=self.runs.verdicts,
            buckets=buckets_for(self.rows),
            several=bool(self.report.tables.several),
        )

    @property
    def collect_labels(self) -> CollectSetLabels:
        """How the labels of the set get their order."""
        return CollectSetLabels(self.report.tables.several)

    @property
    def answer_rules(self) -> AnswerRules:
        """How decisions files are read."""
        return self.options.answer_rules()

    @property
    def held_out_layout(self) -> Layout:
        """How held-out rows become records."""
        return Layout(
            columns=parse_columns(self.options.exclude_columns),
            image_root=self.options.exclude_image_root,
        )


def make_plan(options: ExportOptions, now: datetime.datetime) -> ExportPlan:
    """Check everything that can be checked, and settle it.

    Raises:
        UsageError: with the value, the reason and the remedy.
    """
    try:
        runs = open_runs(options.run, name="run")
        former_manifest, former = _former(options.previous)
        key = load_key(options.reviewer_key_file)
    except (RunError, ReviewerKeyError) as error:
        raise UsageError.of(error) from error
    decided = matched("decisions", options.decisions)
    decisions = decided.files
    try:
        expect_usable(decisions[:_LOOKED_AT], options.answer_rules())
    except AnswersRefused as error:
        raise UsageError.of(error) from error
    excluded = matched("exclude", options.exclude)
    held_out = excluded.files
    directory = free_directory(options, now)
    expect_another("previous", options.previous, directory)
    facts = ExportFacts(
        name=options.name,
        version=options.dataset_version or directory.run_id,
        runs=runs,
        reviewers_key=key.origin,
        held_out_files=tuple(file.path for file in held_out),
        text_similarity=options.exclude_text_similarity,
        previous=options.previous,
        bank=bool(options.bank),
        previous_run_id=former_manifest.run_id if former_manifest else None,
    )
    rules = _rules(options)
    return ExportPlan(
        options=options,
        runs=runs,
        decisions=decisions,
        held_out=held_out,
        former=former,
        key=key,
        rules=rules,
        header=run_header(
            options,
            directory,
            now,
            packages=_PACKAGES,
            inputs=(*runs.verdict_files, *decisions, *held_out, *former),
            left_out=(*decided.left_out, *excluded.left_out),
            watched=tuple(source.file.path for source in runs.sources),
            **_scored_with(runs),
        ),
        report=_report(options, facts, rules),
        door=_door(options, held_out, directory),
    )


def _door(
    options: ExportOptions, held_out: tuple[InputFile, ...], directory: RunDirectory
) -> DoorOptions | None:
    if options.no_fetch_held_out:
        return None
    places = (*(file.path for file in held_out), options.exclude_image_root, directory.staging)
    return door_options(options, places=places)


def _scored_with(runs: Runs) -> dict[str, str]:
    names = ("model_name", "model_fingerprint", "policy_version", "policy_digest")
    return {name: joined(getattr(run.manifest, name) for run in runs.runs) for name in names}


def _report(options: ExportOptions, facts: ExportFacts, rules: Selection) -> TrainingSetReport:
    several = [kind for kind, task in rules.tasks.items() if task in rules.multi_label]
    return TrainingSetReport(
        facts=facts,
        tables=SetTables(
            options.formats(),
            split_list(options.keep_columns),
            several=frozenset(several),
            splits=tuple(parse_hub_splits(options.splits)),
        ),
        licence=options.licence,
        url=options.url or CARD,
        creator=options.creator,
        gates=Gates(
            options.budgets(),
            options.allow_empty,
            max_unreadable_files=options.max_unreadable_files,
        ),
        max_unusable_decisions=options.max_unusable_decision_ratio,
    )


def _rules(options: ExportOptions) -> Selection:
    return Selection(
        tasks=parse_tasks(options.tasks),
        multi_label=frozenset(split_list(options.multi_label)),
        min_reviewers=options.min_reviewers,
        pseudo_label_above=options.pseudo_label_above,
        since=options.since,
        until=options.until,
        time_column=options.time_column,
    )


def _former(path: str | None) -> tuple[Manifest | None, tuple[InputFile, ...]]:
    if path is None:
        return None, ()
    manifest = read_manifest(path.rstrip("/"), name="previous")
    data = [entry for entry in manifest.outputs if entry.path.startswith(f"{DATA}/")]
    is_export = any(usual(entry.path) == "export.json" for entry in manifest.outputs)
    if not is_export:
        raise RunError(f"--previous {path!r} is no export: give a directory of pipelines.export")
    parquet = [entry for entry in data if entry.path.endswith(".parquet")]
    return manifest, tuple(
        InputFile(
            path=f"{path.rstrip('/')}/{entry.path}",
            bytes=entry.bytes,
            format=Format.PARQUET if parquet else Format.JSONL,
        )
        for entry in parquet or data
    )
