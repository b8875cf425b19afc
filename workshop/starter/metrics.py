"""Figures with 95 % bootstrap intervals, in the form the card keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Interval = dict[str, Any]
Measure = Callable[[Array, Array], float]

_DRAWS = 1000


def interval(measure: Measure, truth: Array, given: Array) -> Interval:
    """``measure(truth, given)`` with the 2.5th and 97.5th percentile over redrawn rows."""
    random = np.random.default_rng(0)
    drawn = []
    for _ in range(_DRAWS):
        rows = random.integers(len(truth), size=len(truth))
        if len(np.unique(truth[rows])) == len(np.unique(truth)):
            drawn.append(measure(truth[rows], given[rows]))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"value": _short(measure(truth, given)), "interval_95": [_short(low), _short(high)]}


def auroc(truth: Array, scores: Array) -> float:
    """Area under the ROC curve of binary ``truth``."""
    order = np.argsort(scores, kind="stable")
    sorted_scores = scores[order]
    _, inverse, counts = np.unique(sorted_scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = np.empty(len(scores))
    ranks[order] = (last - (counts - 1) / 2)[inverse]
    positive = truth == 1
    above = ranks[positive].sum() - positive.sum() * (positive.sum() + 1) / 2
    return float(above / (positive.sum() * (~positive).sum()))


def accuracy(truth: Array, given: Array) -> float:
    """Share of labels given rightly."""
    return float((truth == given).mean())


def macro_f1(truth: Array, given: Array) -> float:
    """Mean of the F1 of each class of ``truth``."""
    return float(np.mean([f1(truth == label, given == label) for label in np.unique(truth)]))


def f1(truth: Array, given: Array) -> float:
    """F1 of boolean arrays; 0 where nothing is found."""
    hits = (truth & given).sum()
    return float(2 * hits / max(1, truth.sum() + given.sum()))


def calibration_error(truth: Array, p: Array, bins: int = 10) -> float:
    """Expected calibration error over equally wide bins of ``p``, the probability of 1."""
    place = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(truth[place == b].mean() - p[place == b].mean()) * (place == b).mean()
            for b in range(bins) if (place == b).any()]  # fmt: skip
    return _short(sum(gaps))


def best_threshold(truth: Array, p: Array, score: Callable[[Array, Array], float]) -> float:
    """The threshold between .2 and .8, in steps of .05, with the best ``score(truth, flags)``."""
    grid = np.round(np.arange(0.2, 0.81, 0.05), 2)
    return float(max(grid, key=lambda t: (score(truth == 1, p >= t), -abs(t - 0.5))))


def platt(truth: Array, logits: Array) -> tuple[float, float]:
    """Slope and intercept of the line over log-odds that fits ``truth`` best."""
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=1e6).fit(logits[:, None], truth)
    return float(line.coef_[0, 0]), float(line.intercept_[0])


def _short(value: float) -> float:
    return round(float(value), 4)
