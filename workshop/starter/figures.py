"""The evaluation's figures with their intervals, in the form that the card keeps them in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from moderation.evaluation.figures.compare import compare
from moderation.evaluation.figures.evaluate import replicate_figures
from moderation.evaluation.figures.intervals import percentiles
from moderation.evaluation.figures.points import measure
from moderation.evaluation.figures.resample import replicates_for
from moderation.evaluation.figures.sample import make_sample
from moderation.evaluation.figures.weighted import WeightedFigures

Array = np.ndarray[Any, Any]
Interval = dict[str, Any]

_SEED = 0
_NAMES = ("no", "yes")


def figures(labels: Array, p: Array, names: Sequence[str] = _NAMES) -> dict[str, Interval]:
    """Every figure that the evaluation has, as ``{"value": …, "interval_95": [low, high]}``.

    Args:
        labels: int [n], places in ``names``.
        p: [n, k], or [n] of the second of two names; or [repeats, n, k] of a model that was
            trained again and again: figures are then means over the repeats.
        names: of the labels; of single ones figures are named ``NAME.f1`` and so on.
    """
    repeats = p if p.ndim == 3 else [p]
    samples = [make_sample(labels, each, names) for each in repeats]
    points = [measure(sample).values for sample in samples]
    number = replicates_for(len(labels))
    drawn = [
        replicate_figures(WeightedFigures(sample), len(sample), number, _SEED) for sample in samples
    ]
    return {
        name: _interval(
            np.mean([each[name] for each in points]),
            percentiles(np.mean([each[name] for each in drawn], axis=0))[0],
        )
        for name in points[0]
    }


def gained(labels: Array, p: Array, before: Array) -> Interval:
    """By how much ``p`` [n] ranks better than ``before`` [n]: the difference of their areas."""
    found = next(d for d in compare(labels, p, before, _NAMES) if d.figure == "roc_auc")
    return _interval(found.difference, found.interval_95)


def thresholds() -> tuple[float, ...]:
    """From .2 to .8, in steps of .05."""
    return tuple(float(each) for each in np.round(np.arange(0.2, 0.81, 0.05), 2))


def best_threshold(truth: Array, p: Array, *, average: str) -> float:
    """The one of ``thresholds`` whose flags have the best F1.

    Args:
        truth: [n] of 0 and 1.
        p: [n], the probability of 1.
        average: as scikit-learn's ``f1_score`` takes it: ``binary`` or ``macro``.
    """
    return max(thresholds(), key=lambda t: (f1(truth, p >= t, average=average), -abs(t - 0.5)))


def f1(truth: Array, given: Array, *, average: str) -> float:
    """scikit-learn's F1; 0 where nothing is found."""
    from sklearn.metrics import f1_score

    return float(f1_score(truth, given, average=average, zero_division=0.0))


def shown(value: Any) -> float:
    """As short as a card has it."""
    return round(float(value), 4)


def sigmoid(odds: Array) -> Array:
    """Probabilities of log-odds, float64."""
    return np.asarray(0.5 * (1 + np.tanh(np.asarray(odds, np.float64) / 2)))


def _interval(value: Any, interval: tuple[float, float] | None) -> Interval:
    return {"value": shown(value), "interval_95": interval and [*map(shown, interval)]}
