"""What people are asked of an item: its model's tasks, and their labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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


def questions_by_kind(entries: Iterable[ReviewEntry]) -> dict[Kind, tuple[Question, ...]]:
    """Told from the scores; of a kind whose model was spared of every item, the usual one."""
    found: dict[Kind, dict[str, Question]] = {kind: {} for kind in Kind}
    for entry in entries:
        for question in questions_of(entry):
            found[entry.kind].setdefault(question.task, question)
    return {kind: tuple(asked.values()) or _usual(kind) for kind, asked in found.items()}


def questions_of(entry: ReviewEntry) -> tuple[Question, ...]:
    """Of an entry's own scores; none where a bank spared the model."""
    return tuple(
        Question(task, labels, task in entry.multi_label)
        for task, labels in _labels(entry.probabilities).items()
    )


def _labels(probabilities: Mapping[str, float]) -> dict[str, tuple[str, ...]]:
    labels: dict[str, tuple[str, ...]] = {}
    for name in probabilities:
        task, _, label = name.partition(".")
        labels[task] = (*labels.get(task, ()), label)
    return labels


def _usual(kind: Kind) -> tuple[Question, ...]:
    return (Question(DEFAULT_TASKS[kind], tuple(_USUAL[kind])),)
