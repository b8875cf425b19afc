"""Which policy an evaluation looks at: that of the runs, or another over their stored scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moderation.evaluation.pairing.decided import (
    FlagTarget,
    Redecide,
    built_in_targets,
    targets_of,
)
from moderation.models.bundle import open_bundle
from moderation.models.types import ModelError
from moderation.runs.committed import CommittedRun
from moderation.verdicts.policy import LoadedPolicy, PolicyError, check_policy, load_policy
from pipelines.command.bare_model import bare_options
from pipelines.command.usage import UsageError
from pipelines.evaluate.options import EvaluateOptions
from schemas.card import Card
from schemas.manifest import Manifest
from schemas.metrics import DecidedBy


@dataclass(frozen=True, slots=True)
class Policing:
    """What flags and decisions are evaluated."""

    targets: tuple[FlagTarget, ...] = ()
    decide: Redecide | None = None
    """None: verdicts say it."""
    told: DecidedBy | None = None
    """None: scores come without."""


def policing_of(options: EvaluateOptions, runs: Sequence[CommittedRun]) -> Policing:
    """Find policy and card; raises ``UsageError`` where another policy cannot be applied."""
    if not runs:
        return Policing()
    manifest = runs[0].manifest
    card, place = _card(options, manifest)
    thresholds = None if card is None else {task.name: task.thresholds for task in card.tasks}
    if options.policy is not None:
        return _again(options.policy, card, thresholds, place)
    policy = _policy_of_runs([run.manifest for run in runs])
    told = DecidedBy(version=manifest.policy_version, again=False, thresholds_from=place)
    if policy is None:
        return Policing(built_in_targets(), None, told)
    return Policing(targets_of(policy.policy, thresholds), None, told)


def _again(
    path: str,
    card: Card | None,
    thresholds: Mapping[str, Mapping[str, float]] | None,
    place: str,
) -> Policing:
    try:
        loaded = load_policy(path)
        if card is not None:
            check_policy(loaded.policy, card)
    except PolicyError as error:
        raise UsageError.of(error) from error
    policy = loaded.policy
    open_flags = [name for name, rule in policy.flags.items() if rule.threshold is None]
    if thresholds is None and open_flags:
        raise UsageError(
            f"--policy {path!r} gives {', '.join(open_flags)} no threshold, so the model card's "
            "holds, and the runs' model is not where it was: name its bundle with --thresholds"
        )
    told = DecidedBy(version=policy.version, again=True, thresholds_from=place)
    return Policing(targets_of(policy, thresholds), Redecide(policy, thresholds or {}), told)


def _card(options: EvaluateOptions, manifest: Manifest) -> tuple[Card | None, str]:
    """The card of the bundle that was named, or of the runs' model where it still lies there."""
    named = options.thresholds
    model = named or manifest.options.get("model")
    if not isinstance(model, str):
        return None, ""
    try:
        bundle = open_bundle(model, bare=None if named else bare_options(manifest.options.get))
    except ModelError as error:
        if named:
            raise UsageError(f"--thresholds {named!r}: {error}") from error
        return None, ""
    if not named and bundle.fingerprint != manifest.model_fingerprint:
        return None, ""
    return bundle.card, f"{bundle.card.name} {bundle.card.version}"


def _policy_of_runs(manifests: Sequence[Manifest]) -> LoadedPolicy | None:
    """The policy that the runs were made with, where it is one and can still be read."""
    digests = {manifest.policy_digest for manifest in manifests}
    for path in {None, *(manifest.options.get("policy") for manifest in manifests)}:
        try:
            loaded = load_policy(path)
        except PolicyError:
            continue
        if digests == {loaded.digest}:
            return loaded
    return None
