"""What is settled before a run's first row: inputs, model, policy, run directory, limits."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from moderation.images.options import DoorOptions
from moderation.models.bundle import Bundle, open_bundle
from moderation.models.types import ModelError
from moderation.ocr.model import OcrError, OcrModel, installed
from moderation.ocr.reader import ReadText
from moderation.records.dead_letters.history import Redrive
from moderation.records.validate import Validator
from moderation.review.projects import ReviewFormatError, check_names
from moderation.review.tasks import ReviewFormat
from moderation.runs.directory import RunDirectory
from moderation.runs.gates import Gates
from moderation.runs.header import RunHeader
from moderation.runs.journal import Journal
from moderation.samples import sample_inputs
from moderation.storage.input_files import Format, InputFile
from moderation.storage.parking import Parking
from moderation.storage.row_packs import buckets_for
from moderation.verdicts.known_sources import KnownSources
from moderation.verdicts.policy import LoadedPolicy, PolicyError, check_policy, load_policy
from moderation.verdicts.run_report import RunReport
from moderation.verdicts.run_tables import verdicts_layout
from pipelines.command.bare_model import bare_options
from pipelines.command.door import door_options
from pipelines.command.places import (
    expect_outside,
    free_directory,
    letters_once,
    matched,
    run_header,
)
from pipelines.command.usage import UsageError
from pipelines.score.baseline import compared_with
from pipelines.score.hash_banks import GivenBanks, open_banks
from pipelines.score.options import ScoreOptions
from pipelines.score.precision_asked import precision_asked
from pipelines.score.reuse import reused_runs
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
    inputs = matched("input", options.input or sample_inputs(), pictures=True)
    _expect_pictures_at_home(options, inputs.files)
    bundle, policy, ocr = _opened(options)
    banks = open_banks(options.hash_bank, policy=policy.policy, write=options.write_hashes)
    directory = free_directory(options, now)
    reused = reused_runs(options, directory)
    precision, measure = precision_asked(
        options.precision, bundle.fingerprint, directory=directory, reused=reused.runs
    )
    bundle = replace(bundle, precision=precision.used)
    expect_outside("input", inputs.files, directory)
    letters_once("input", inputs.files)
    files = inputs.files
    places = (*(file.path for file in files), options.image_root, directory.staging)
    version = policy.policy.version
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
            inputs=files,
            left_out=inputs.left_out,
            reused=reused.runs,
            model_name=bundle.card.name,
            model_fingerprint=bundle.fingerprint,
            policy_version=version,
            policy_digest=policy.digest,
            text_reader=ocr.facts() if ocr else None,
            hash_banks=banks.facts,
            precision=precision,
            watched=banks.files,
        ),
        report=replace(
            _report(options, bundle, policy=policy, ocr=ocr),
            slice_by=slice_by(options, policy.policy),
            compared=compared_with(options, directory),
        ),
        known=KnownSources(
            Journal(directory.journal, bundle.identity),
            reused.judged_by(bundle),
            bundle.card,
        ),
        ocr=ocr,
        banks=banks,
        words=reused.words_beside(bundle),
        measure=measure,
    )


def _opened(options: ScoreOptions) -> tuple[Bundle, LoadedPolicy, OcrModel | None]:
    """What judges; raises ``UsageError``."""
    try:
        bundle = open_bundle(options.model, bare=bare_options(partial(getattr, options)))
        policy = load_policy(options.policy)
        check_policy(policy.policy, bundle.card)
        check_names(bundle.card, ReviewFormat(options.review_format))
        return bundle, policy, installed() if options.ocr == "auto" else None
    except (ModelError, PolicyError, ReviewFormatError, OcrError) as error:
        raise UsageError.of(error) from error


def _expect_pictures_at_home(options: ScoreOptions, files: Iterable[InputFile]) -> None:
    """Raise ``UsageError`` where pictures that are inputs would be looked for elsewhere."""
    given = "image_root" if options.image_root else "columns" if options.columns else ""
    if given and any(file.format is Format.PICTURE for file in files):
        raise UsageError(
            f"--{given} says how records name their pictures, and --input names pictures "
            "themselves: leave it out, or give the records and the pictures to a run each"
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
