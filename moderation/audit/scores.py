"""Probabilities on their way through tallies: fine histograms, and the bins of their quantiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.audit import quantiles
from moderation.audit.tally import Tally

BINS = 1_000
_EDGES = np.arange(BINS) / BINS
_ITEMS, _ROWS, _QUANTILES = "score_items", "score_rows", "score_quantiles"


def count_scores(
    tally: Tally,
    task: str,
    labels: Sequence[str],
    *,
    table: NDArray[np.float64],
    rows: NDArray[Any],
    first: NDArray[Any],
) -> None:
    """Count many items' probabilities.

    Args:
        tally: to add to.
        task: whose they are.
        labels: the task's.
        table: ``[items, labels]``; there is an item at least.
        rows: int ``[items]``: how many rows each has here.
        first: bool ``[items]``: whether each was counted nowhere before.
    """
    for label, p in zip(labels, table.T, strict=True):
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
    for at in np.flatnonzero(counts).tolist():
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
