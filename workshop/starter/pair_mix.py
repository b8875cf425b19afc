"""Two judges of a pair and when which is asked: of posts with pictures, and of plain sentences.

Every labelled pair shows two posts that both end in a link, mostly to a picture, and the
labels go by what is there. Trees and kernel machine have learnt that, and answer alone for
pairs like them: the word-by-word comparison only takes from their figures (decision 0021).
For all other pairs the answer is mostly the comparison's; how much is fitted to held-back
forms of our own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.starter.encoder import Weights

Array = np.ndarray[Any, Any]
Tensor = Any

LINK = r"(?s).*https?://[^\s].*"
_SHARES = np.round(np.arange(0.0, 0.951, 0.01), 2)
_TEMPERATURES = np.round(np.arange(0.5, 4.01, 0.05), 2)
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Mix:
    """``share``: the comparison's part of the answer; its odds are divided by ``temperature``."""

    share: float
    temperature: float

    def as_weights(self) -> Weights:
        """For the bundle, under the names ``mix/…``."""
        return {
            "mix/share": np.array(self.share, np.float32),
            "mix/temperature": np.array(self.temperature, np.float32),
        }

    def probabilities(self, stack: Array, compared: Array, linked: Array) -> Array:
        """[n, k] of log-odds ``stack`` and ``compared`` [n, k], and flags ``linked`` [n]."""
        share = np.where(linked, 0.0, self.share)[:, None]
        theirs = softmax(compared / self.temperature)
        return np.asarray((1.0 - share) * softmax(stack) + share * theirs)


def fit(stack: Array, compared: Array, labels: Array) -> Mix:
    """What gives labels [n] most, by log-odds [n, k] of pairs that neither was trained on."""
    temperature = min(_TEMPERATURES, key=lambda t: _loss(softmax(compared / t), labels))
    mine, theirs = softmax(stack), softmax(compared / temperature)
    share = min(_SHARES, key=lambda s: _loss((1.0 - s) * mine + s * theirs, labels))
    return Mix(float(share), float(temperature))


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
    """The logarithm of ``Mix.probabilities`` in the graph, float32 [n, k]."""
    import tensorflow as tf

    share = tf.where(linked, 0.0, get("mix/share"))[:, None]
    theirs = tf.nn.softmax(compared / get("mix/temperature"))
    return tf.math.log((1.0 - share) * tf.nn.softmax(stack) + share * theirs + _TINY)


def _loss(p: Array, labels: Array) -> float:
    return -float(np.log(p[np.arange(len(labels)), labels] + _TINY).mean())
