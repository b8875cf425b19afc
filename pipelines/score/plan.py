"""What is settled before a run's first row: inputs, model, policy, run directory, limits."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, replace
from typing import Any

from moderation.images.options import DoorOptions
from moderation.models.bundle import Bundle
from moderation.ocr.model import OcrModel
from moderation.ocr.reader import ReadText
from moderation.records.dead_letters.history import Redrive
from moderation.records.validate import Validator
from moderation.review.tasks import ReviewFormat
from moderation.runs.directory import RunDirectory
from moderation.runs.gates import Gates
from moderation.runs.header import RunHeader
from moderation.runs.journal import Journal
from moderation.storage.parking import Parking
from moderation.storage.row_packs import buckets_for
from moderation.verdicts.known_sources import KnownSources
from moderation.verdicts.lost_rows import LostRows
from moderation.verdicts.policy import LoadedPolicy
from moderation.verdicts.run_report import RunReport
from moderation.verdicts.run_tables import verdicts_layout
from pipelines.command.door import door_options
from pipelines.command.places import (
    expect_outside,
    letters_once,
    run_header,
)
from pipelines.score.baseline import compared_with
from pipelines.score.decide_only import lost_of
from pipelines.score.hash_banks import GivenBanks
from pipelines.score.made_of import made_of
from pipelines.score.options import ScoreOptions
from pipelines.score.slice_columns import slice_by

_PACKAGES = (
    *("moderation-pipeline", "apache-beam", "tensorflow", "tensorflow-text", "pillow"),
    *("rapidocr", "onnxruntime"),
)


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run that can start. Making it read no record and wrote nothing."""

    options: ScoreOptions
    bundle: Bundle
    policy: LoadedPolicy
    door: DoorOptions
    header: RunHeader
    report: RunReport
    known: KnownSources
    banks: GivenBanks
    ocr: OcrModel | None = None
    """What reads texts from pictures; None: nothing does."""
    words: tuple[str, ...] = ()
    """What a person should know before the run."""
    measure: bool = False
    """Whether the precision is still open, to be settled where the model works."""
    lost: LostRows | None = None
    """What the run lost whose scores are decided on; None: this run scores."""

    @property
    def directory(self) -> RunDirectory:
        """Where the run goes."""
        return self.header.directory

    @property
    def buckets(self) -> int:
        """How many buckets the contents are dealt into."""
        return buckets_for(sum(file.record_bytes for file in self.header.inputs))

    @property
    def validator(self) -> Validator:
        """Rows to records, as this run reads them."""
        parking = Parking(f"{self.directory.staging}/images")
        return Validator(
            self.options.layout(),
            parking,
            Redrive(self.options.redrive),
            text_reader=self.ocr.digest if self.ocr else "",
        )

    @property
    def read(self) -> ReadText | None:
        """What a picture is asked for whose record has no text."""
        return ReadText(processes=self.options.decode_threads) if self.ocr else None

    @property
    def max_row_bytes(self) -> int:
        """Of one row."""
        return int(self.options.max_row_mb * (1 << 20))


def make_plan(options: ScoreOptions, now: datetime.datetime) -> RunPlan:
    """Check everything that can be checked, and settle it.

    Raises:
        UsageError: with the value, the reason and the remedy.
    """
    made = made_of(options, now)
    options, bundle, policy, ocr = made.options, made.bundle, made.policy, made.ocr
    directory, inputs = made.directory, made.inputs
    expect_outside("input", inputs.files, directory)
    letters_once("input", inputs.files)
    places = (*(file.path for file in inputs.files), options.image_root, directory.staging)
    return RunPlan(
        options=options,
        bundle=bundle,
        policy=policy,
        door=door_options(options, places=places),
        header=run_header(
            options,
            directory,
            now,
            packages=_PACKAGES,
            inputs=inputs.files,
            left_out=inputs.left_out,
            reused=made.reused,
            model_name=bundle.card.name,
            model_fingerprint=bundle.fingerprint,
            policy_version=policy.policy.version,
            policy_digest=policy.digest,
            text_reader=ocr.facts() if ocr else None,
            hash_banks=made.banks.facts,
            precision=made.precision,
            watched=made.banks.files if made.decided is None else (),
        ),
        report=replace(
            _report(options, bundle, policy=policy, ocr=ocr),
            slice_by=slice_by(options, policy.policy),
            compared=compared_with(options, directory, default=made.decided),
        ),
        known=KnownSources(
            Journal(directory.journal, bundle.identity),
            tuple(run for run in made.reused if run.model_identity == bundle.identity),
            bundle.card,
        ),
        ocr=ocr,
        banks=made.banks,
        words=made.words,
        measure=made.measure,
        lost=lost_of(made.decided) if made.decided else None,
    )


def _report(
    options: ScoreOptions, bundle: Bundle, *, policy: LoadedPolicy, ocr: OcrModel | None
) -> RunReport:
    return RunReport(
        verdicts=verdicts_layout(options.format),
        gates=Gates(
            options.budgets(),
            options.allow_empty,
            max_missing_image_ratio=options.max_missing_image_ratio,
            max_unreadable_files=options.max_unreadable_files,
        ),
        model=_model_facts(bundle),
        policy={"version": policy.policy.version, "file": policy.path, "digest": policy.digest},
        rules=policy.policy,
        card=bundle.card,
        review=ReviewFormat(options.review_format),
        text_reader=ocr.facts() if ocr else None,
        redacted=options.redact,
        started_in=os.getcwd(),
    )


def _model_facts(bundle: Bundle) -> dict[str, Any]:
    card = bundle.card
    return {
        "name": card.name,
        "version": card.version,
        "fingerprint": bundle.fingerprint,
        "licence": card.licence,
        "tasks": {task.name: f"{task.kind.value}: {', '.join(task.labels)}" for task in card.tasks},
        "never_seen": list(card.never_seen),
    }
