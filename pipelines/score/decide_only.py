"""A run of which only the policy is another: what it reads, and with what, another run says."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from pydantic_core import from_json

from moderation.models.bundle import Bundle, open_bundle
from moderation.models.types import ModelError
from moderation.ocr.model import OcrModel
from moderation.runs.committed import CommittedRun, RunError, open_run, table_files
from moderation.runs.marker import usual
from moderation.storage import files
from moderation.storage.digests import versions
from moderation.verdicts.lost_rows import LostRows
from moderation.verdicts.picture_look_up import NO_HASHES
from pipelines.command.bare_model import bare_options
from pipelines.command.option_groups import Records
from pipelines.command.options import names_of
from pipelines.command.usage import UsageError
from pipelines.score.bare_model_options import BareModel
from pipelines.score.hash_banks import GivenBanks
from pipelines.score.options import KnownPictures, Model, Ocr, Reuse, ScoreOptions
from schemas.policy import HashBankRule, Policy
from schemas.precision import PrecisionFacts

_GROUPS = (Records, Model, BareModel, Ocr, KnownPictures)
_LOOKED_AT_AGAIN = ("max_distance", "min_quality", "block")
_TOLD = 3


def with_options_of(options: ScoreOptions) -> tuple[ScoreOptions, CommittedRun]:
    """The options with what the run had that is decided anew.

    Raises:
        UsageError: it is no committed scoring run, its inputs are not what they were, or an option
            asks for something that only scoring gives.
    """
    assert options.decide_only
    try:
        run = open_run(options.decide_only, name="decide_only")
    except RunError as error:
        raise UsageError.of(error) from error
    _expect_nothing_else(options)
    told = run.manifest.options
    taken = {
        name: _as_option(told[name])
        for group in _GROUPS
        for name in names_of(group)
        if name in told and not (name == "model" and options.model != "starter")
    }
    _expect_inputs(run)
    return replace(options, **taken), run


def _expect_nothing_else(options: ScoreOptions) -> None:
    defaults = {each.name: each.default for each in fields(ScoreOptions)}
    for group in (*_GROUPS, Reuse):
        for name in names_of(group):
            if name not in ("model", "batch_size") and getattr(options, name) != defaults[name]:
                raise UsageError(
                    f"--decide_only takes records, model and scores from the run: leave --{name} "
                    "out, or score without --decide_only"
                )


def _as_option(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _expect_inputs(run: CommittedRun) -> None:
    """Raise ``UsageError`` where an input is not the file that the run judged."""
    now = {version.path: version for version in versions(s.file.path for s in run.sources)}
    wrong = [
        f"{source.file.path} "
        + ("cannot be read any more" if now[source.file.path].digest is None else "has changed")
        for source in run.sources
        if source.digest is not None and now[source.file.path].digest != source.digest
    ]
    if wrong:
        more = f", and {len(wrong) - _TOLD:,} more" if len(wrong) > _TOLD else ""
        raise UsageError(
            f"--decide_only {run.path!r} reads again what the run judged: "
            f"{'; '.join(wrong[:_TOLD])}{more}. Bring back what it was, or score anew"
        )


def bundle_of(options: ScoreOptions, run: CommittedRun) -> Bundle:
    """The run's model as far as deciding needs it: its card. It is not loaded.

    Raises:
        UsageError: it is gone, or another one lies there.
    """
    told = run.manifest.options
    try:
        bundle = open_bundle(options.model, bare=bare_options(told.get))
    except ModelError as error:
        raise UsageError(
            f"{UsageError.of(error)}. --decide_only needs the card of the model that made the "
            "scores: name with --model where it lies now"
        ) from error
    if bundle.fingerprint != run.manifest.model_fingerprint:
        raise UsageError(
            f"--model {options.model!r} is not the model that made the scores of {run.path!r} "
            f"({bundle.fingerprint[:12]}, and the run's is "
            f"{run.manifest.model_fingerprint[:12]}): name that one, or score anew"
        )
    return replace(bundle, precision=run.precision)


def banks_of(run: CommittedRun, policy: Policy) -> GivenBanks:
    """The banks that the run's pictures were looked up in, under a policy that can be met by that.

    Raises:
        UsageError: the policy would have pictures looked up otherwise than they were.
    """
    facts = tuple(run.manifest.hash_banks)
    before = _rules_of(run)
    for bank in {*policy.hash_banks, *before}:
        if bank not in {each.name for each in facts}:
            raise UsageError(
                f"--policy has a rule for the hash bank {bank!r}, and {run.path!r} looked pictures "
                "up in no such bank: score with --hash_bank, or take the rule out"
            )
        old, new = before.get(bank, HashBankRule()), policy.bank_rule(bank)
        for name in _LOOKED_AT_AGAIN:
            if getattr(old, name) != getattr(new, name):
                raise UsageError(
                    f"--policy has hash_banks.{bank}.{name} {getattr(new, name)}, and {run.path!r} "
                    f"looked pictures up with {getattr(old, name)}: only a bank's action can "
                    "change without scoring. Use --reuse instead of --decide_only"
                )
    return GivenBanks(NO_HASHES, facts)


def _rules_of(run: CommittedRun) -> dict[str, HashBankRule]:
    """By bank, as the run's audit has them."""
    [name] = [e.path for e in run.manifest.outputs if usual(e.path) == "audit.json"] or [""]
    try:
        told = from_json(files.read_bytes(f"{run.path}/{name or 'audit.json'}"))
        banks = told.get("hash_banks") or ()
        return {bank["name"]: HashBankRule.model_validate(bank["rule"]) for bank in banks}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise UsageError(
            f"--decide_only {run.path!r}: its audit.json cannot be read: see what became of the "
            f"run by pipelines.verify ({why})"
        ) from error


def reader_of(run: CommittedRun) -> OcrModel | None:
    """What read texts from pictures for the run: items have it in their keys."""
    facts = run.manifest.text_reader
    if facts is None:
        return None
    return OcrModel(**{**facts, "models": tuple(facts["models"].split(", "))})  # type: ignore[arg-type]


def precision_of(run: CommittedRun) -> PrecisionFacts:
    """As the run's scores were computed."""
    why = f"as run {run.manifest.run_id}, whose scores are decided on"
    return PrecisionFacts(used=run.precision, asked="auto", why=why)


def lost_of(run: CommittedRun) -> LostRows:
    """What the run lost once it was read."""
    return LostRows(run.path, tuple(table_files(run.path, run.manifest, "dead_letters")))


def words_of(run: CommittedRun) -> tuple[str, ...]:
    """What a person should know before such a run."""
    told = [f"decides anew on the scores of run {run.manifest.run_id} ({run.path})"]
    if run.manifest.text_reader and not run.manifest.options.get("keep_text"):
        told.append(
            "texts that it read from pictures were not kept (--keep_text): items that go to review "
            "only now are shown without theirs"
        )
    return tuple(told)
