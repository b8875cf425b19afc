"""From probabilities to flags and a decision. Pure: the same scores and policy, the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.card import Card, TaskSpec
from schemas.hashes import HashMatch
from schemas.policy import (
    CLEAR_SAMPLE,
    FLAG_SAMPLE,
    Action,
    Decision,
    FlagRule,
    MatchAction,
    Policy,
    is_for_people,
)
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
    probabilities: Mapping[str, float] = field(default_factory=dict)
    """As they came, by ``task.label``."""
    margin: float | None = None
    """How far the nearest probability that decides lies from its threshold; None: none does."""

    @property
    def to_be_seen(self) -> bool:
        """Whether people look at the item."""
        return is_for_people(self.decision, self.reasons)


class Rule(NamedTuple):
    """One flag of one kind, with all that the card says to it."""

    name: str
    task: str
    label: int
    """Its place among the task's."""
    threshold: float
    below: float
    """Where the review band begins."""
    above: float
    """Where it ends."""
    action: Action


class _Questions(NamedTuple):
    """What is asked about items of one kind."""

    labels: tuple[tuple[str, tuple[str, ...]], ...]
    """Task, and its labels as ``task.label``."""
    rules: tuple[Rule, ...]
    entailment: tuple[str, ...] | None
    """Labels of that task."""


@dataclass(frozen=True, slots=True)
class Judge:
    """A policy bound to a model's card.

    >>> from moderation.starter import bundle_path
    >>> from moderation.verdicts.policy import load_policy
    >>> card = Card.model_validate_json((bundle_path() / "card.json").read_bytes())
    >>> judge = Judge(load_policy(None).policy, card)
    >>> outcome = judge.decide(Kind.MEME, {"hateful": (0.03, 0.97)}, content_key="00ff")
    >>> outcome.decision.value, outcome.flags, outcome.reasons
    ('flag', {'is_hateful': True}, ('is_hateful', 'flag_sample'))
    """

    policy: Policy
    card: Card
    _asked: dict[Kind, _Questions] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def decide(
        self,
        kind: Kind,
        probabilities: Mapping[str, tuple[float, ...]],
        *,
        content_key: str,
        image_missing: bool = False,
        matches: Iterable[HashMatch] = (),
    ) -> Outcome:
        """Apply the policy.

        Args:
            kind: what the item is.
            probabilities: calibrated, by task, in the order of the task's labels.
            content_key: hex; chooses the quality sample, so that a re-run chooses the same.
            image_missing: an image that the record names was not shown to the model.
            matches: what banks of known pictures know its images as.
        """
        asked = self._asked.get(kind) or self._ask(kind)
        flags: dict[str, bool] = {}
        raised: list[str] = []
        banded: list[str] = []
        margin: float | None = None
        for rule in asked.rules:
            scores = probabilities.get(rule.task)
            if scores is None:
                continue
            p = scores[rule.label]
            flags[rule.name] = p >= rule.threshold
            if rule.action is not Action.RECORD:
                away = abs(p - rule.threshold)
                margin = away if margin is None or away < margin else margin
            if rule.below <= p < rule.above:
                banded.append(f"review_band:{rule.name}")
            elif flags[rule.name] and rule.action is Action.FLAG:
                raised.append(rule.name)
            elif flags[rule.name] and rule.action is Action.REVIEW:
                banded.append(rule.name)
        for bank in dict.fromkeys(match.bank for match in matches):
            action = self.policy.bank_rule(bank).action
            if action is MatchAction.FLAG:
                raised.append(f"hash_match:{bank}")
            elif action is MatchAction.REVIEW:
                banded.append(f"hash_match:{bank}")
        decision, reasons = self._decision(raised, banded, content_key, image_missing)
        label = None
        if asked.entailment and (scores := probabilities.get("entailment")) is not None:
            label = asked.entailment[scores.index(max(scores))]
        flat: dict[str, float] = {}
        for task, labels in asked.labels:
            flat.update(zip(labels, probabilities.get(task, ()), strict=False))
        return Outcome(flags, label, decision, reasons, flat, margin)

    def rules(self, kind: Kind) -> tuple[Rule, ...]:
        """The flags that an item of a kind may raise, in the policy's order."""
        return (self._asked.get(kind) or self._ask(kind)).rules

    def _ask(self, kind: Kind) -> _Questions:
        """What the policy and the card ask of a kind; settled once."""
        tasks = {task.name: task for task in self.card.tasks_for(kind)}
        rules = tuple(
            _rule(name, rule, tasks[rule.task])
            for name, rule in self.policy.flags.items()
            if rule.task in tasks
        )
        asked = _Questions(
            labels=tuple(
                (name, tuple(f"{name}.{label}" for label in task.labels))
                for name, task in tasks.items()
            ),
            rules=rules,
            entailment=tuple(tasks["entailment"].labels) if "entailment" in tasks else None,
        )
        self._asked[kind] = asked
        return asked

    def _decision(
        self, raised: list[str], banded: list[str], content_key: str, image_missing: bool
    ) -> tuple[Decision, tuple[str, ...]]:
        review = self.policy.review
        if raised:
            sample = (FLAG_SAMPLE,) if sampled(content_key, review.sample_flag) else ()
            return Decision.FLAG, (*raised, *sample)
        if banded:
            return Decision.REVIEW, tuple(banded)
        if image_missing and review.on_missing_image:
            return Decision.REVIEW, ("missing_image",)
        if sampled(content_key, review.sample_clear):
            return Decision.CLEAR, (CLEAR_SAMPLE,)
        return Decision.CLEAR, ()


def sampled(content_key: str, share: float) -> bool:
    """Whether an item falls into a sample: the same items every night, whatever the order."""
    return int(content_key[-13:], 16) < share * 16**13


def _rule(name: str, rule: FlagRule, task: TaskSpec) -> Rule:
    threshold = rule.threshold
    if threshold is None:
        threshold = task.thresholds.get(rule.label, _DEFAULT_THRESHOLD)
    return Rule(
        name=name,
        task=rule.task,
        label=task.labels.index(rule.label),
        threshold=threshold,
        below=threshold - rule.review_band.below,
        above=threshold + rule.review_band.above,
        action=rule.action,
    )
