"""What a policy made of an item: as its verdict says, or decided again from the stored scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from moderation.evaluation.pairing.side_rows import Probabilities
from moderation.verdicts.decide import Judge
from schemas.card import Card, InputSpec, TaskSpec
from schemas.hashes import HashMatch
from schemas.policy import Action, Decision, Policy, is_for_people
from schemas.records import ENTAILMENT_LABELS, TEXT_FIELDS, Kind

_BUILT_IN = {
    "is_contradiction": ("entailment", "Contradictory"),
    "is_implication": ("entailment", "Implies"),
    "is_hateful": ("hateful", "hateful"),
}
_ENTAILMENT = "entailment"
_USUAL = 0.5


class FlagTarget(NamedTuple):
    """A flag, and what it says of an item."""

    name: str
    task: str
    label: str
    flags: bool
    """Whether it counts for the decision, or is only written down."""
    threshold: float | None
    """From where it is raised; None: not known."""


class Decided(NamedTuple):
    """What a verdict says beside its probabilities."""

    decision: str
    flags: dict[str, bool]
    entailment_label: str | None
    seen: bool = False
    """Whether people look at the item: for the decision, or as one of a sample."""


def built_in_targets() -> tuple[FlagTarget, ...]:
    """The flags that every verdict has a column for, where no policy is known."""
    return tuple(FlagTarget(name, *about, True, None) for name, about in _BUILT_IN.items())


def targets_of(
    policy: Policy, thresholds: Mapping[str, Mapping[str, float]] | None
) -> tuple[FlagTarget, ...]:
    """A policy's flags; ``thresholds`` are the card's by task, None where no card is known."""
    return tuple(
        FlagTarget(
            name,
            rule.task,
            rule.label,
            rule.action is not Action.RECORD,
            rule.threshold if rule.threshold is not None else _of_card(rule, thresholds),
        )
        for name, rule in policy.flags.items()
    )


def _of_card(rule: Any, thresholds: Mapping[str, Mapping[str, float]] | None) -> float | None:
    return None if thresholds is None else thresholds.get(rule.task, {}).get(rule.label, _USUAL)


def as_written(fields: Mapping[str, Any]) -> Decided | None:
    """From a row of ``verdicts/``; None where it has no decision."""
    if fields.get("decision") is None:
        return None
    other = fields.get("other_flags") or {}
    flags = dict(other.items() if isinstance(other, Mapping) else other)
    flags |= {name: fields[name] for name in _BUILT_IN if fields.get(name) is not None}
    seen = is_for_people(Decision(fields["decision"]), list(fields.get("reasons") or ()))
    return Decided(fields["decision"], flags, fields.get("entailment_label"), seen)


@dataclass(frozen=True)
class Redecide:
    """Another policy over stored scores. Picklable."""

    policy: Policy
    thresholds: Mapping[str, Mapping[str, float]]
    """The card's, by task and label."""
    _judges: dict[Any, Judge] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, fields: Mapping[str, Any], tasks: Mapping[str, Probabilities]) -> Decided:
        """From a row of ``verdicts/`` and its probabilities by task."""
        outcome = self._judge(Kind(fields["kind"]), tasks).decide(
            Kind(fields["kind"]),
            {task: tuple(p for _, p in given) for task, given in tasks.items()},
            content_key=fields["content_key"],
            image_missing=any(image["status"] == "failed" for image in fields["images"]),
            matches=map(HashMatch.model_validate, fields.get("hash_matches") or ()),
        )
        flags = dict(outcome.flags)
        label = fields.get("entailment_label")
        return Decided(outcome.decision.value, flags, label, outcome.to_be_seen)

    def _judge(self, kind: Kind, tasks: Mapping[str, Probabilities]) -> Judge:
        labels = tuple((task, tuple(label for label, _ in tasks[task])) for task in sorted(tasks))
        if (kind, labels) not in self._judges:
            self._judges[kind, labels] = Judge(self.policy, self._card(kind, dict(labels)))
        return self._judges[kind, labels]

    def _card(self, kind: Kind, labels: Mapping[str, tuple[str, ...]]) -> Card:
        """What of a card a policy looks at."""
        name = TEXT_FIELDS[kind][0]
        text = InputSpec(name="text", source="text", fields=(name,))
        tasks = tuple(
            TaskSpec(
                name=task,
                kind=kind,
                inputs=(text,),
                output="probabilities",
                labels=names,
                thresholds=dict(self.thresholds.get(task, {})),
            )
            for task, names in labels.items()
        )
        made = Card if tasks else Card.model_construct  # a bank may have spared the model
        return made(name="scored", version="1", description="", licence="", tasks=tasks)


def likeliest_differs(decided: Decided, given: Probabilities, task: str) -> bool:
    """Whether ``entailment_label`` is another than the stored probabilities say."""
    if task != _ENTAILMENT or {label for label, _ in given} != set(ENTAILMENT_LABELS):
        return False
    return decided.entailment_label != max(given, key=lambda pair: pair[1])[0]
