"""From a summed tally to how a run's scores lie, and how often its flags were raised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moderation.audit import quantiles
from moderation.audit.intervals import share_of_items
from moderation.audit.scores import LabelCounts, label_counts
from moderation.audit.tally import Tally
from schemas.audit import Histogram
from schemas.card import Card
from schemas.distributions import (
    DecisionRate,
    Distributions,
    FlagRate,
    LabelScores,
    TaskCalibration,
)
from schemas.policy import Action, Decision
from schemas.records import Kind

COARSE_BINS = 20
_ERRORS = frozenset({"calibration_error", "ece", "ece_after", "ece_before"})
_MOST_ERRORS = 12


@dataclass(frozen=True, slots=True)
class FlagMark:
    """Where one flag of a policy begins, with all that the card says to it."""

    flag: str
    task: str
    kind: Kind
    label: str
    threshold: float
    band: tuple[float, float]
    action: Action


def distributions(tally: Tally, card: Card, marks: Iterable[FlagMark]) -> Distributions:
    """All of a run's scores, in the order of the card's tasks and labels."""
    counted = label_counts(tally)
    return Distributions(
        quantile_error=quantiles.ERROR,
        quantile_least=quantiles.LEAST,
        labels=list(_labels(card, counted)),
        flags=[_flag(tally, mark) for mark in marks],
        decisions=list(_decisions(tally)),
        calibrations=[
            TaskCalibration(
                task=task.name,
                kind=task.kind,
                calibration=task.calibration,
                measured=calibration_errors(card, task.name),
            )
            for task in card.tasks
        ],
    )


def _labels(card: Card, counted: Mapping[tuple[str, ...], LabelCounts]) -> Iterator[LabelScores]:
    for task in card.tasks:
        for label in task.labels:
            if found := counted.get((task.name, label)):
                yield LabelScores(
                    task=task.name,
                    kind=task.kind,
                    label=label,
                    items=found.items,
                    rows=found.rows,
                    quantiles=found.quantiles,
                )


def _flag(tally: Tally, mark: FlagMark) -> FlagRate:
    items, rows = tally.of("flag_items", mark.flag), tally.of("flag", mark.flag)
    banded = tally.of("reason_items").get(f"review_band:{mark.flag}", 0)
    judged = sum(items.values())
    return FlagRate(
        flag=mark.flag,
        task=mark.task,
        kind=mark.kind,
        label=mark.label,
        threshold=mark.threshold,
        band=mark.band,
        action=mark.action,
        raised=share_of_items(items.get("true", 0), judged),
        to_review=share_of_items(banded, judged),
        rows=sum(rows.values()),
        rows_raised=rows.get("true", 0),
    )


def _decisions(tally: Tally) -> Iterator[DecisionRate]:
    for kind in Kind:
        rows, items = tally.of("decision", kind.value), tally.of("decision_items", kind.value)
        for decision in Decision if rows else ():
            yield DecisionRate(
                kind=kind,
                decision=decision,
                items=share_of_items(items.get(decision.value, 0), sum(items.values())),
                rows=rows.get(decision.value, 0),
            )


def calibration_errors(card: Card, task: str) -> dict[str, float]:
    """What a card's figures say of a task's calibration, by where in ``metrics`` they stand."""
    alone = len(card.tasks) == 1
    found = {
        ".".join(path): float(value)
        for path, value in _leaves(card.metrics)
        if not _ERRORS.isdisjoint(path[-2:]) and (alone or path[0].startswith(task))
    }
    return dict(list(found.items())[:_MOST_ERRORS])


def _leaves(metrics: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every figure with the names that lead to it; an interval's ends are none."""
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            figure = value.get("value")
            if isinstance(figure, (int, float)):
                yield (name,), figure
            else:
                yield from (((name, *path), leaf) for path, leaf in _leaves(value))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield (name,), value


def histograms(tally: Tally) -> list[Histogram]:
    """Rows by probability in a few bins."""
    return [
        Histogram(task=task, label=label, counts=coarse(found.rows))
        for (task, label), found in sorted(label_counts(tally).items())
    ]


def coarse(counts: list[int]) -> list[int]:
    """A histogram in ``COARSE_BINS`` bins."""
    width = len(counts) // COARSE_BINS
    return [sum(counts[at : at + width]) for at in range(0, len(counts), width)]
