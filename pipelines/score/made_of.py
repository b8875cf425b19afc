"""What a run is made of: records, model, policy, banks, a place, and scores that there are."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from moderation.models.bundle import Bundle, open_bundle
from moderation.models.types import ModelError
from moderation.ocr.model import OcrError, OcrModel, installed
from moderation.review.projects import ReviewFormatError, check_names
from moderation.review.tasks import ReviewFormat
from moderation.runs.committed import CommittedRun
from moderation.runs.directory import RunDirectory
from moderation.samples import sample_inputs
from moderation.storage.input_files import Format, InputFile
from moderation.storage.listing import Inputs
from moderation.verdicts.policy import LoadedPolicy, PolicyError, check_policy, load_policy
from pipelines.command.bare_model import bare_options
from pipelines.command.places import free_directory, matched
from pipelines.command.usage import UsageError
from pipelines.score import decide_only
from pipelines.score.hash_banks import GivenBanks, open_banks
from pipelines.score.options import ScoreOptions
from pipelines.score.precision_asked import precision_asked
from pipelines.score.reuse import reused_runs
from schemas.precision import PrecisionFacts


class MadeOf(NamedTuple):
    """All of it, opened and checked."""

    options: ScoreOptions
    inputs: Inputs
    bundle: Bundle
    policy: LoadedPolicy
    ocr: OcrModel | None
    banks: GivenBanks
    directory: RunDirectory
    reused: tuple[CommittedRun, ...]
    """Whose scores are offered, the newest first."""
    precision: PrecisionFacts
    measure: bool
    """Whether the precision is still open."""
    words: tuple[str, ...]
    """What a person should know."""
    decided: CommittedRun | None = None
    """Whose scores are all there are."""


def made_of(options: ScoreOptions, now: datetime.datetime) -> MadeOf:
    """What the options come to; raises ``UsageError``."""
    return _to_decide(options, now) if options.decide_only else _to_score(options, now)


def _to_score(options: ScoreOptions, now: datetime.datetime) -> MadeOf:
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
    return MadeOf(
        options=options,
        inputs=inputs,
        bundle=bundle,
        policy=policy,
        ocr=ocr,
        banks=banks,
        directory=directory,
        reused=reused.runs,
        precision=precision,
        measure=measure,
        words=reused.words_beside(bundle),
    )


def _to_decide(options: ScoreOptions, now: datetime.datetime) -> MadeOf:
    options, run = decide_only.with_options_of(options)
    bundle = decide_only.bundle_of(options, run)
    policy = _policy(options, bundle)
    return MadeOf(
        options=options,
        inputs=Inputs(tuple(source.file for source in run.sources), tuple(run.manifest.left_out)),
        bundle=bundle,
        policy=policy,
        ocr=decide_only.reader_of(run),
        banks=decide_only.banks_of(run, policy.policy),
        directory=free_directory(options, now),
        reused=(run,),
        precision=decide_only.precision_of(run),
        measure=False,
        words=decide_only.words_of(run),
        decided=run,
    )


def _opened(options: ScoreOptions) -> tuple[Bundle, LoadedPolicy, OcrModel | None]:
    """What judges; raises ``UsageError``."""
    try:
        bundle = open_bundle(options.model, bare=bare_options(partial(getattr, options)))
        policy = _policy(options, bundle)
        return bundle, policy, installed() if options.ocr == "auto" else None
    except (ModelError, OcrError) as error:
        raise UsageError.of(error) from error


def _policy(options: ScoreOptions, bundle: Bundle) -> LoadedPolicy:
    """The policy, which the model can be judged by; raises ``UsageError``."""
    try:
        policy = load_policy(options.policy)
        check_policy(policy.policy, bundle.card)
        check_names(bundle.card, ReviewFormat(options.review_format))
        return policy
    except (PolicyError, ReviewFormatError) as error:
        raise UsageError.of(error) from error


def _expect_pictures_at_home(options: ScoreOptions, files: Iterable[InputFile]) -> None:
    """Raise ``UsageError`` where pictures that are inputs would be looked for elsewhere."""
    given = "image_root" if options.image_root else "columns" if options.columns else ""
    if given and any(file.format is Format.PICTURE for file in files):
        raise UsageError(
            f"--{given} says how records name their pictures, and --input names pictures "
            "themselves: leave it out, or give the records and the pictures to a run each"
        )
