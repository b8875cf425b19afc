"""What people are asked of an item: its model's tasks, and their labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from schemas.records import DEFAULT_TASKS, ENTAILMENT_LABELS, Kind
from schemas.verdicts import ReviewEntry

_USUAL = {
    Kind.TWEET_PAIR: ENTAILMENT_LABELS,
    Kind.MEME: ("not_hateful", "hateful"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One task."""

    task: str
    labels: tuple[str, ...]
    """In the order of the model."""
    several: bool = False
    """Whether any number of them may hold."""


def by_kind(
    asked: Iterable[tuple[Kind, tuple[Question, ...]]],
) -> dict[Kind, tuple[Question, ...]]:
    """All that are asked of a kind; where the model was spared of every item, the usual one."""
    found: dict[Kind, dict[str, Question]] = {kind: {} for kind in Kind}
    for kind, questions in dict.fromkeys(asked):
        for question in questions:
            found[kind].setdefault(question.task, question)
    return {kind: tuple(of.values()) or _usual(kind) for kind, of in found.items()}


def questions_of(entry: ReviewEntry) -> tuple[Question, ...]:
    """Of an entry's own scores; none where a bank spared the model."""
    return _told(tuple(entry.probabilities), tuple(entry.multi_label))


@lru_cache(maxsize=1_000)
def _told(scores: tuple[str, ...], multi_label: tuple[str, ...]) -> tuple[Question, ...]:
    labels: dict[str, tuple[str, ...]] = {}
    for name in scores:
        task, _, label = name.partition(".")
        labels[task] = (*labels.get(task, ()), label)
    return tuple(Question(task, of, task in multi_label) for task, of in labels.items())


def _usual(kind: Kind) -> tuple[Question, ...]:
    return (Question(DEFAULT_TASKS[kind], tuple(_USUAL[kind])),)
