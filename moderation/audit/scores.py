"""Probabilities on their way through tallies: fine histograms, and the bins of their quantiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.audit import quantiles
from moderation.audit.tally import Tally

BINS = 1_000
_EDGES = np.arange(BINS) / BINS
_ITEMS, _ROWS, _QUANTILES = "score_items", "score_rows", "score_quantiles"


@dataclass(slots=True)
class _Held:
    labels: Sequence[str]
    scores: list[Sequence[float]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    first: list[bool] = field(default_factory=list)


class ScoreCounts:
    """Holds items' probabilities; ``add_to`` counts all of them at once."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}

    def add(
        self, task: str, scores: Sequence[float], *, labels: Sequence[str], rows: int, first: bool
    ) -> None:
        """Take an item's probabilities.

        Args:
            task: whose they are.
            scores: in the order of ``labels``.
            labels: the task's.
            rows: how many rows the item has here.
            first: the item was counted nowhere before.
        """
        held = self._held.get(task)
        if held is None:
            held = self._held[task] = _Held(labels)
        held.scores.append(scores)
        held.rows.append(rows)
        held.first.append(first)

    def add_to(self, tally: Tally) -> None:
        """Add everything to a tally."""
        for task, held in self._held.items():
            scores = np.array(held.scores, dtype=np.float64)
            rows, first = np.array(held.rows), np.array(held.first)
            for label, p in zip(held.labels, scores.T, strict=True):
                bins = np.maximum(np.searchsorted(_EDGES, p, side="right") - 1, 0)
                _count(tally, (_ROWS, task, label), bins, weights=rows, size=BINS)
                _count(tally, (_ITEMS, task, label), bins[first], size=BINS)
                fine = quantiles.bins_of(p[first])
                _count(tally, (_QUANTILES, task, label), fine, size=quantiles.BINS)


def _count(
    tally: Tally,
    key: tuple[str, ...],
    bins: NDArray[Any],
    *,
    size: int,
    weights: NDArray[Any] | None = None,
) -> None:
    counts = np.bincount(bins, weights, minlength=size)
    vector = tally.vector(*key, size=size)
    for at in np.flatnonzero(counts):
        vector[at] += int(counts[at])


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """What was counted of one label's probabilities."""

    items: list[int]
    rows: list[int]
    quantiles: list[tuple[float, float]]


def label_counts(tally: Tally) -> Mapping[tuple[str, ...], LabelCounts]:
    """By task and label."""
    items, fine = tally.vectors_of(_ITEMS), tally.vectors_of(_QUANTILES)
    return {
        key: LabelCounts(items.get(key, [0] * BINS), rows, _quantiles(fine.get(key, ())))
        for key, rows in tally.vectors_of(_ROWS).items()
    }


def _quantiles(counts: Sequence[int]) -> list[tuple[float, float]]:
    if not any(counts):
        return []
    return list(zip(quantiles.SHARES, quantiles.quantiles(counts), strict=True))
