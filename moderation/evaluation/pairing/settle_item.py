"""Which score meets which label: the rules for one item, and what became of each of its rows.

Pure: rows in, an answer out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from moderation.evaluation.figures.sample import positive_of
from moderation.evaluation.pairing.decided import FlagTarget
from moderation.evaluation.pairing.side_rows import LabelRow, LostRow, Probabilities, ScoreRow
from moderation.records.labels import is_no_label, labels_text, place_of
from schemas.records import Kind

GIVEN_AT = 0.5
"""The probability from which a label without a threshold is given, where labels do not exclude
each other."""


class OfLabel(str, Enum):
    """What became of a labelled row."""

    EVALUATED = "evaluated"
    LOST_IN_RUN = "dead_letter_in_run"
    WITHOUT_VERDICT = "without_verdict"
    OTHER_TASK = "other_task"
    WITHOUT_SCORES = "without_scores"
    DUPLICATE = "duplicate"
    CONFLICTING = "conflicting"
    VERDICT_CONFLICTING = "verdict_conflicting"
    UNLABELLED = "unlabelled"
    DEAD_LETTERED = "dead_lettered"


class OfScore(str, Enum):
    """What became of a verdict, or of a row of a score file."""

    EVALUATED = "evaluated"
    DUPLICATE = "duplicate"
    CONFLICTING = "conflicting"
    WITHOUT_LABEL = "without_label"
    OTHER_TASK = "other_task"
    WITHOUT_SCORES = "without_scores"
    LABEL_UNUSABLE = "label_unusable"
    DEAD_LETTERED = "dead_lettered"


@dataclass(frozen=True, slots=True)
class Rules:
    """What an evaluation asks for. Picklable."""

    tasks: dict[Kind, str]
    """The task that a kind's label answers."""
    multi_label: frozenset[str] = frozenset()
    thresholds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Of tasks of ``multi_label``: from where a label is given, else from 0.5 on."""
    targets: tuple[FlagTarget, ...] = ()
    """Which flags verdicts have, and what they say."""

    def given_from(self, task: str) -> Mapping[str, float] | None:
        """Thresholds of a task with several labels an item; None: it gives the likeliest."""
        return self.thresholds.get(task, {}) if task in self.multi_label else None


@dataclass(frozen=True, slots=True)
class Pair:
    """A score with its truth."""

    score: ScoreRow
    label: LabelRow
    task: str
    truth: frozenset[int]
    """Places among the task's labels."""
    given_from: Mapping[str, float] | None = None
    """As ``Rules`` has it."""

    @property
    def predicted(self) -> frozenset[int]:
        """Places of the labels that the model gives."""
        given = self.probabilities
        if self.given_from is None:
            positive = positive_of([label for label, _ in given], self.task)
            if positive is not None:
                yes = given[positive][1] > given[1 - positive][1]
                return frozenset({positive if yes else 1 - positive})
            return frozenset({max(range(len(given)), key=lambda place: (given[place][1], -place))})
        at = self.given_from
        return frozenset(k for k, (label, p) in enumerate(given) if p >= at.get(label, GIVEN_AT))

    @property
    def probabilities(self) -> Probabilities:
        """Of the task."""
        return self.score.tasks[self.task]


@dataclass(slots=True)
class Settled:
    """Everything about the rows of one id and kind."""

    pairs: list[Pair] = field(default_factory=list)
    labels: Counter[OfLabel] = field(default_factory=Counter)
    scores: Counter[OfScore] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    """Labelled rows by the code of the item's dead letter."""
    unknown: list[tuple[LabelRow, str, list[str]]] = field(default_factory=list)
    """Labels that the task does not have, each with task and labels."""


def settle(
    labels: Sequence[LabelRow],
    scores: Sequence[ScoreRow],
    lost: Sequence[LostRow],
    rules: Rules,
) -> Settled:
    """Pair the rows of one id and kind, and account for every one of them."""
    settled = Settled()
    labels = sorted(labels, key=lambda row: (row.source, row.row))
    scores = sorted(scores, key=lambda row: (row.source, row.row))
    fate: dict[int, set[OfScore]] = {place: set() for place in range(len(scores))}
    for task, rows in _by_task(labels, scores, rules).items():
        having = [place for place, row in enumerate(scores) if task in row.tasks]
        if having:
            fates = _settle_task(task, rows, [scores[place] for place in having], rules, settled)
        else:
            fates = []
            _without_score(rows, settled, scores=scores, lost=lost)
        for place, what in zip(having, fates, strict=True):
            fate[place].add(what)
    for place, whats in fate.items():
        if whats:
            settled.scores[min(whats, key=_RANK.__getitem__)] += 1
        elif labels and not scores[place].tasks:
            settled.scores[OfScore.WITHOUT_SCORES] += 1
        else:
            settled.scores[OfScore.OTHER_TASK if labels else OfScore.WITHOUT_LABEL] += 1
    return settled


_RANK = {what: rank for rank, what in enumerate(OfScore)}


def _settle_task(
    task: str,
    labels: list[LabelRow],
    scores: list[ScoreRow],
    rules: Rules,
    settled: Settled,
) -> list[OfScore]:
    """Pair one task's rows; what became of each score."""
    given = [row for row in labels if row.label is not None]
    settled.labels[OfLabel.UNLABELLED] += len(labels) - len(given)
    if not given:
        return [OfScore.LABEL_UNUSABLE] * len(scores)
    if len({_scores_of(row, task) for row in scores}) > 1:
        settled.labels[OfLabel.VERDICT_CONFLICTING] += len(given)
        return [OfScore.CONFLICTING] * len(scores)
    names = [label for label, _ in scores[0].tasks[task]]
    truths: dict[frozenset[int], list[LabelRow]] = {}
    for row in given:
        truth = places_of(row.label, names, task=task, several=task in rules.multi_label)
        if truth is None and isinstance(row.label, str) and is_no_label(row.label):
            settled.labels[OfLabel.UNLABELLED] += 1
        elif truth is None:
            settled.unknown.append((row, task, names))
            settled.labels[OfLabel.DEAD_LETTERED] += 1
        else:
            truths.setdefault(truth, []).append(row)
    if len(truths) != 1:
        settled.labels[OfLabel.CONFLICTING] += sum(len(rows) for rows in truths.values())
        return [OfScore.LABEL_UNUSABLE] * len(scores)
    truth, rows = truths.popitem()
    settled.labels[OfLabel.EVALUATED] += 1
    settled.labels[OfLabel.DUPLICATE] += len(rows) - 1
    settled.pairs.append(Pair(scores[0], rows[0], task, truth, rules.given_from(task)))
    return [OfScore.EVALUATED] + [OfScore.DUPLICATE] * (len(scores) - 1)


def _without_score(
    labels: list[LabelRow],
    settled: Settled,
    *,
    scores: Sequence[ScoreRow],
    lost: Sequence[LostRow],
) -> None:
    """Account for labels whose task has no score."""
    given = [row for row in labels if row.label is not None]
    settled.labels[OfLabel.UNLABELLED] += len(labels) - len(given)
    if scores and not any(row.tasks for row in scores):  # a bank spared the model
        settled.labels[OfLabel.WITHOUT_SCORES] += len(given)
    elif scores:
        settled.labels[OfLabel.OTHER_TASK] += len(given)
    elif lost:
        settled.labels[OfLabel.LOST_IN_RUN] += len(given)
        settled.lost[min(row.code for row in lost)] += len(given)
    else:
        settled.labels[OfLabel.WITHOUT_VERDICT] += len(given)


def places_of(
    label: str | list[str] | None, names: Sequence[str], *, task: str | None = None, several: bool
) -> frozenset[int] | None:
    """The places of a label, or of several, among the task's; None where it has none such."""
    if several:
        whole = isinstance(label, str) and place_of(label, names, yes_or_no=False) is not None
        parts = [str(label)] if whole else labels_text(label)
    else:
        parts = [label] if isinstance(label, str) else None
    if parts is None:
        return None
    asked = None if several else task
    places = [place_of(part, names, asked, yes_or_no=not several) for part in parts]
    known = [place for place in places if place is not None]
    return frozenset(known) if len(known) == len(places) else None


def _scores_of(row: ScoreRow, task: str) -> tuple[tuple[str, float], ...]:
    return tuple(sorted((label, p) for label, p in row.tasks[task]))


def _by_task(
    labels: Iterable[LabelRow], scores: Sequence[ScoreRow], rules: Rules
) -> dict[str, list[LabelRow]]:
    """Label rows by the task that they answer."""
    judged = sorted({task for row in scores for task in row.tasks})
    by_task: dict[str, list[LabelRow]] = {}
    for row in labels:
        task = row.task
        if task is None and row.kind:
            task = rules.tasks.get(Kind(row.kind))
        if task is None:
            task = judged[0] if len(judged) == 1 else ""
        by_task.setdefault(task, []).append(row)
    return by_task
