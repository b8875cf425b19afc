"""What is settled before a set's first row: inputs, images, splits, groups, the run directory."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from importlib.util import find_spec

from moderation.datasets.encode import ImageForm
from moderation.datasets.examples_report import ExamplesReport
from moderation.datasets.groups.group import GroupRules
from moderation.datasets.groups.near_images import DISTANCE_BITS, MOST_DISTANCE_BITS, NearImages
from moderation.datasets.labels import CollectLabels
from moderation.datasets.rows import RowRules
from moderation.datasets.splits.assign import AssignSplits
from moderation.datasets.splits.rules import Splits
from moderation.datasets.splits.shares import parse_splits
from moderation.datasets.stats import Grouping
from moderation.images.options import DoorOptions
from moderation.records.dead_letters.history import Redrive
from moderation.records.validate import Validator
from moderation.runs.directory import RunDirectory
from moderation.runs.gates import Gates
from moderation.runs.header import RunHeader
from moderation.samples import sample_inputs
from moderation.storage.packing import buckets_for
from moderation.storage.parking import Parking
from pipelines.command.door import door_options
from pipelines.command.places import (
    expect_outside,
    free_directory,
    letters_once,
    matched,
    run_header,
)
from pipelines.command.usage import UsageError
from pipelines.command.values import parse_size, split_list
from pipelines.preprocess.options import PreprocessOptions
from schemas.datasets import ImageEncoding, ImageHash, Link, OnConflict

_PACKAGES = (
    "moderation-pipeline",
    "apache-beam",
    "pillow",
    "numpy",
    "protobuf",
    "google-crc32c",
    "pdqhash",
)
_PACKED_RATIO = 5


@dataclass(frozen=True, slots=True)
class PreprocessPlan:
    """A run that can start. Making it read no record and wrote nothing."""

    options: PreprocessOptions
    door: DoorOptions
    form: ImageForm
    splits: Splits
    header: RunHeader
    report: ExamplesReport

    @property
    def directory(self) -> RunDirectory:
        """Where the set goes."""
        return self.header.directory

    @property
    def validator(self) -> Validator:
        """Rows to records, as this run reads them."""
        parking = Parking(f"{self.directory.staging}/images")
        return Validator(self.options.layout(), parking, Redrive(self.options.redrive))

    @property
    def buckets(self) -> int:
        """How many parts a join is done in."""
        return buckets_for(
            sum(
                file.bytes * (_PACKED_RATIO if file.compressed else 1)
                for file in self.header.inputs
            )
        )

    @property
    def row_rules(self) -> RowRules:
        """What a record needs to become a row."""
        options = self.options
        return RowRules(
            layout=options.layout(),
            images_required=options.missing_images == "dead_letter",
            split_column=options.split_column,
            split_names=self.splits.names,
            labels=label_list(options),
            separator=options.separator(),
        )

    @property
    def group_rules(self) -> GroupRules:
        """What links contents."""
        return GroupRules(
            links=self.options.links(),
            text_similarity=self.options.text_similarity,
            buckets=self.buckets,
            near_images=near_images(self.options),
            rounds=self.options.grouping_rounds,
        )

    @property
    def conflict_rule(self) -> OnConflict:
        """What becomes of contradicting labels."""
        return OnConflict(self.options.on_conflict)

    @property
    def collect_labels(self) -> CollectLabels:
        """How labels get their order."""
        return CollectLabels(label_list(self.options), several=self.options.multi_label)

    @property
    def assign_splits(self) -> AssignSplits:
        """How rows get their split."""
        options = self.options
        return AssignSplits(
            self.splits,
            by="column" if options.split_column else "label" if options.stratify else "hash",
            buckets=self.buckets,
            several=options.multi_label,
        )


def make_plan(options: PreprocessOptions, now: datetime.datetime) -> PreprocessPlan:
    """Check everything that can be checked, and settle it.

    Raises:
        UsageError: with the value, the reason and the remedy.
    """
    _check_packages()
    inputs = matched("input", options.input or sample_inputs())
    directory = free_directory(options, now)
    expect_outside("input", inputs.files, directory)
    letters_once("input", inputs.files)
    height, width = parse_size(options.image_size)
    form = ImageForm(
        height=height,
        width=width,
        encoding=ImageEncoding(options.image_encoding),
        quality=options.jpeg_quality,
        reduced_decode=not options.full_decode,
        near_by=near_images(options).hash,
    )
    places = (*(file.path for file in inputs.files), options.image_root, directory.staging)
    splits = Splits(parse_splits(options.splits), options.seed)
    return PreprocessPlan(
        options=options,
        door=door_options(options, places=places),
        form=form,
        splits=splits,
        header=run_header(
            options,
            directory,
            now,
            packages=_PACKAGES,
            inputs=inputs.files,
            left_out=inputs.left_out,
        ),
        report=_report(options, form, splits),
    )


def _report(options: PreprocessOptions, form: ImageForm, splits: Splits) -> ExamplesReport:
    return ExamplesReport(
        gates=Gates(
            options.budgets(),
            options.allow_empty,
            max_missing_image_ratio=options.max_missing_image_ratio,
            max_unreadable_files=options.max_unreadable_files,
        ),
        form=form,
        compressed=options.gzip,
        split_names=splits.names,
        grouping=Grouping(
            rule=OnConflict(options.on_conflict),
            links=options.links(),
            text_similarity=options.text_similarity,
            near_images=near_images(options),
        ),
        multi_label=options.multi_label,
    )


def near_images(options: PreprocessOptions) -> NearImages:
    """By which hash images are near, and from which distance on.

    Raises:
        UsageError: PDQ is asked for and not installed, or the distance is none of the hash.
    """
    installed = find_spec("pdqhash") is not None
    if options.image_hash == ImageHash.PDQ.value and not installed:
        raise UsageError("--image_hash pdq: pdqhash is not installed: pip install '.[hashes]'")
    wanted = Link.NEAR_IMAGE in options.links() and options.image_hash != ImageHash.STEPS.value
    found = ImageHash.PDQ if installed and wanted else ImageHash.STEPS
    bits, most = options.image_distance_bits, MOST_DISTANCE_BITS[found]
    if bits is not None and bits > most:
        raise UsageError(f"--image_distance_bits {bits}: {found.value} takes up to {most}")
    return NearImages(found, DISTANCE_BITS[found] if bits is None else bits)


def label_list(options: PreprocessOptions) -> tuple[str, ...]:
    """The labels that were given, in order."""
    return split_list(options.labels)


def _check_packages() -> None:
    if find_spec("google_crc32c") is None:
        raise UsageError("google-crc32c is not installed: make setup, or pip install '.[data]'")
