"""From probabilities to flags and a decision. Pure: the same scores and policy, the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.card import Card
from schemas.policy import Action, Decision, FlagRule, Policy
from schemas.records import Kind

_DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the policy makes of one item's probabilities."""

    flags: Mapping[str, bool]
    """Only flags whose task judged the item."""
    entailment_label: str | None
    decision: Decision
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judge:
    """A policy bound to a model's card.

    >>> from moderation.starter import bundle_path
    >>> from moderation.verdicts.policy import load_policy
    >>> card = Card.model_validate_json((bundle_path() / "card.json").read_bytes())
    >>> judge = Judge(load_policy(None).policy, card)
    >>> outcome = judge.decide(Kind.MEME, {"hateful": (0.03, 0.97)}, content_key="00ff")
    >>> outcome.decision.value, outcome.flags, outcome.reasons
    ('flag', {'is_hateful': True}, ('is_hateful',))
    """

    policy: Policy
    card: Card

    def decide(
        self,
        kind: Kind,
        probabilities: Mapping[str, tuple[float, ...]],
        *,
        content_key: str,
        image_missing: bool = False,
    ) -> Outcome:
        """Apply the policy.

        Args:
            kind: what the item is.
            probabilities: calibrated, by task, in the order of the task's labels.
            content_key: hex; chooses the quality sample, so that a re-run chooses the same.
            image_missing: an image that the record names was not shown to the model.
        """
        tasks = {task.name: task for task in self.card.tasks_for(kind)}
        flags: dict[str, bool] = {}
        raised: list[str] = []
        banded: list[str] = []
        for name, rule in self.policy.flags.items():
            task = tasks.get(rule.task)
            if task is None or rule.task not in probabilities:
                continue
            p = probabilities[rule.task][task.labels.index(rule.label)]
            threshold = _threshold(rule, task.thresholds)
            flags[name] = p >= threshold
            if threshold - rule.review_band.below <= p < threshold + rule.review_band.above:
                banded.append(f"review_band:{name}")
            elif flags[name] and rule.action is Action.FLAG:
                raised.append(name)
        decision, reasons = self._decision(raised, banded, content_key, image_missing)
        label = None
        if "entailment" in tasks and "entailment" in probabilities:
            scores = probabilities["entailment"]
            label = tasks["entailment"].labels[scores.index(max(scores))]
        return Outcome(flags, label, decision, reasons)

    def _decision(
        self, raised: list[str], banded: list[str], content_key: str, image_missing: bool
    ) -> tuple[Decision, tuple[str, ...]]:
        review = self.policy.review
        if raised:
            return Decision.FLAG, tuple(raised)
        if banded:
            return Decision.REVIEW, tuple(banded)
        if image_missing and review.on_missing_image:
            return Decision.REVIEW, ("missing_image",)
        if sampled(content_key, review.sample_clear):
            return Decision.CLEAR, ("quality_sample",)
        return Decision.CLEAR, ()


def sampled(content_key: str, share: float) -> bool:
    """Whether an item falls into a sample: the same items every night, whatever the order."""
    return int(content_key[-13:], 16) < share * 16**13


def _threshold(rule: FlagRule, card_thresholds: Mapping[str, float]) -> float:
    if rule.threshold is not None:
        return rule.threshold
    return card_thresholds.get(rule.label, _DEFAULT_THRESHOLD)
