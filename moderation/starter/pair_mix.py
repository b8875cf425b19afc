"""Two judges of a pair, mixed: the one of labelled posts, and the one of plain sentences.

Every labelled pair shows two posts that end in a link, mostly to a picture, and their labels
go by what is there. Trees and kernel machine have learnt that; the word-by-word comparison has
learnt what sentences say of each other. How much of the answer is its own is fitted twice: for
pairs of posts that both carry a link, on the labelled pairs, and for all others, on forms of
our own that were held back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.starter.encoder import Weights

Array = np.ndarray[Any, Any]
Tensor = Any

LINK = r"(?s).*https?://\S.*"
_SHARES = np.round(np.arange(0.0, 0.951, 0.01), 2)
_TEMPERATURES = np.round(np.arange(0.5, 4.01, 0.05), 2)
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Mix:
    """``linked`` and ``plain``: the comparison's share of the answer; ``temperature`` of its odds."""

    linked: float
    plain: float
    temperature: float

    def as_weights(self) -> Weights:
        """For the bundle, under the names ``mix/…``."""
        values = {"linked": self.linked, "plain": self.plain, "temperature": self.temperature}
        return {f"mix/{name}": np.array(value, np.float32) for name, value in values.items()}

    def probabilities(self, stack: Array, compared: Array, linked: Array) -> Array:
        """[n, k] of probabilities ``stack`` [n, k], log-odds ``compared`` [n, k], flags [n]."""
        share = np.where(linked, self.linked, self.plain)[:, None]
        return np.asarray((1.0 - share) * stack + share * softmax(compared / self.temperature))


def fit_temperature(compared: Array, labels: Array) -> float:
    """What the log-odds are best divided by, for pairs that were not trained on."""
    return float(min(_TEMPERATURES, key=lambda t: _loss(softmax(compared / t), labels)))


def fit_share(stack: Array, compared: Array, labels: Array) -> float:
    """The share of probabilities ``compared`` beside ``stack`` that gives the labels most."""
    return float(min(_SHARES, key=lambda s: _loss((1 - s) * stack + s * compared, labels)))


def softmax(odds: Array) -> Array:
    """Probabilities [n, k] of log-odds [n, k]."""
    p = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(p / p.sum(axis=1, keepdims=True))


def both_linked(text_1: Tensor, text_2: Tensor) -> Tensor:
    """string [n] twice → bool [n]: both hold a link."""
    import tensorflow as tf

    return tf.strings.regex_full_match(text_1, LINK) & tf.strings.regex_full_match(text_2, LINK)


def log_odds(
    get: Callable[[str], Tensor], stack: Tensor, compared: Tensor, linked: Tensor
) -> Tensor:
    """``Mix.probabilities`` in the graph, of log-odds ``stack``; its logarithm, float32 [n, k]."""
    import tensorflow as tf

    share = tf.where(linked, get("mix/linked"), get("mix/plain"))[:, None]
    theirs = tf.nn.softmax(compared / get("mix/temperature"))
    return tf.math.log((1.0 - share) * tf.nn.softmax(stack) + share * theirs + _TINY)


def _loss(p: Array, labels: Array) -> float:
    return -float(np.log(p[np.arange(len(labels)), labels] + _TINY).mean())
