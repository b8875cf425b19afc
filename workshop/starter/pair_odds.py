"""From trees and kernel machine to the probabilities of entailment: calibrated, then weighted.

Both learn with the classes as equally common, so what they give says nothing of how
common a label is. ``fit`` calibrates it to the labels' own frequencies, by values out
of fold, and then weights the classes so that the most probable label is right where
macro-F1 counts it. Dividing by the weights gives the calibrated probabilities back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.starter.encoder import Weights

Array = np.ndarray[Any, Any]
Tensor = Any

_GRID = np.exp(np.arange(0.0, 3.01, 0.15))


@dataclass(frozen=True, slots=True)
class Odds:
    """``kernel`` [m, k] and ``bias`` [k] over a pair's values; ``weights`` [k] of the classes."""

    kernel: Array
    bias: Array
    weights: Array

    def calibrated(self, values: Array) -> Array:
        """Probabilities [n, k] under the labels' own frequencies, of values [n, m]."""
        odds = values @ self.kernel + self.bias
        p = np.exp(odds - odds.max(axis=1, keepdims=True))
        return np.asarray(p / p.sum(axis=1, keepdims=True))

    def weighted(self, values: Array) -> Array:
        """Probabilities [n, k] as the bundle gives them."""
        p = self.calibrated(values) * self.weights
        return np.asarray(p / p.sum(axis=1, keepdims=True))

    def as_weights(self) -> Weights:
        """For the bundle, under the names ``odds/…``."""
        return {
            "odds/kernel": self.kernel.astype(np.float32),
            "odds/bias": (self.bias + np.log(self.weights)).astype(np.float32),
        }


def fit(values: Array, labels: Array) -> Odds:
    """Fitted to values [n, m] of pairs that were not trained on, and labels [n]."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    line = LogisticRegression(C=0.3, max_iter=1000).fit((values - mean) / spread, labels)
    kernel = line.coef_.T / spread[:, None]
    plain = Odds(kernel, line.intercept_ - mean @ kernel, np.ones(len(line.classes_)))
    return Odds(plain.kernel, plain.bias, _best_weights(plain.calibrated(values), labels))


def log_odds(get: Callable[[str], Tensor], values: Tensor) -> Tensor:
    """float32 [n, m] values → [n, k] log-odds of the weighted probabilities, in the graph."""
    import tensorflow as tf

    return tf.matmul(values, get("odds/kernel")) + get("odds/bias")


def _best_weights(p: Array, labels: Array) -> Array:
    """Weights of the rarer classes against the commonest with the best macro-F1.

    Of the weights that come within a hundredth of the best, the mean (of their logarithms):
    a single peak over so few pairs is chance.
    """
    common = np.bincount(labels).argmax()
    rare = [index for index in range(p.shape[1]) if index != common]
    grid = np.stack(np.meshgrid(*[_GRID] * len(rare)), axis=-1).reshape(-1, len(rare))
    weights = np.ones((len(grid), p.shape[1]))
    weights[:, rare] = grid
    scores = _macro_f1s(labels, (p * weights[:, None]).argmax(axis=2))
    near = scores >= scores.max() - 0.01
    return np.asarray(np.exp(np.log(weights[near]).mean(axis=0)))


def _macro_f1s(labels: Array, given: Array) -> Array:
    """[tries] of labels [n] and what each try gives, [tries, n]: scikit-learn takes one a call."""
    found = []
    for label in np.unique(labels):
        truth, said = labels == label, given == label
        found.append(2 * (truth & said).sum(axis=1) / (truth.sum() + said.sum(axis=1)))
    return np.asarray(np.mean(found, axis=0))
