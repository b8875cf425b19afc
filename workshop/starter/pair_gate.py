"""Whose answer counts for a pair: by the looks of both texts, and never by their links.

Labelled tweet pairs are long posts of a series with tags and mentions, whose labels go by what
nobody can read in them: trees and kernel machine, which learnt from nothing else, know them best.
The net that reads a pair knows plain texts best. How much of either is asked follows smoothly from
how long both texts are and which marks they have, as one tells labelled pairs from all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.starter.encoder import Weights
from moderation.starter.pair_rules import NAMES

Array = np.ndarray[Any, Any]
Tensor = Any

_LOOKS = ("log_words", "log_numbers", "log_hashtags", "has user", "has …", "has :", "has !")
_SEEN = np.array([name[:-1].rstrip("_ ") in _LOOKS for name in NAMES])
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Gate:
    """A line over lexical features: ``kernel`` [features] and ``bias``."""

    kernel: Array
    bias: float

    def share(self, lexical: Array) -> Array:
        """[n] of lexical features [n, features]: how far a pair looks like a labelled one."""
        return np.asarray(1.0 / (1.0 + np.exp(-(lexical @ self.kernel + self.bias))))

    def as_weights(self) -> Weights:
        """For the bundle, under the names ``gate/…``."""
        return {
            "gate/kernel": self.kernel.astype(np.float32),
            "gate/bias": np.array(self.bias, np.float32),
        }


def fit(labelled: Array, others: Array) -> Gate:
    """Of the lexical features of labelled pairs and of others, [n, features] each."""
    from sklearn.linear_model import LogisticRegression

    both = np.concatenate([labelled, others])[:, _SEEN]
    truth = np.repeat([1, 0], [len(labelled), len(others)])
    mean, spread = both.mean(axis=0), both.std(axis=0) + 1e-6
    line = LogisticRegression(C=1.0, class_weight="balanced", max_iter=1000)
    line.fit((both - mean) / spread, truth)
    kernel = np.zeros(len(NAMES))
    kernel[_SEEN] = line.coef_[0] / spread
    return Gate(kernel, float(line.intercept_[0] - mean @ kernel[_SEEN]))


def log_odds(get: Callable[[str], Tensor], stack: Tensor, net: Tensor, lexical: Tensor) -> Tensor:
    """Of both judges' log-odds [n, k] those of their mix, float32 [n, k], in the graph."""
    import tensorflow as tf

    line = tf.reduce_sum(lexical * get("gate/kernel"), axis=1) + get("gate/bias")
    share = tf.sigmoid(line)[:, None]
    mixed = share * tf.nn.softmax(stack) + (1.0 - share) * tf.nn.softmax(net)
    return tf.math.log(mixed + _TINY)
