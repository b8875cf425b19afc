"""Two texts laid side by side word by word: what each has that the other lacks.

Every token looks in the other text for what answers to it, is compared with what it found,
and the comparisons are summed up (decomposable attention, Parikh et al. 2016). The tokens
come from the shared encoder's lower layers, which read each text for its features anyway.
What comes out are log-odds of the three labels, learnt from ``pair_sentences`` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter.encoder import BertShape, Packed, Weights
from schemas.records import ENTAILMENT_LABELS

Tensor = Any
Get = Callable[[str], Tensor]

PREFIX = "align"
_ALIGNED = 192
_HEADS = 4
_COMPARED = 256
_WIDTH = 128
_FAR = -1e9


def initial(hidden_size: int, seed: int) -> Weights:
    """Weights to start from: what is alike looks for each other, all else at random."""
    random = np.random.default_rng(seed)

    def kernel(rows: int, columns: int, size: float = 1.0) -> Any:
        return random.normal(0, size * rows**-0.5, (rows, columns))

    look, value = kernel(hidden_size, _ALIGNED), kernel(hidden_size, _ALIGNED)
    found = {
        "query/kernel": look,
        "key/kernel": look,
        "found/kernel": value,
        "own/kernel": value,
        "sharpness": np.ones(_HEADS),
        "compare/kernel": kernel(4 * _ALIGNED, _COMPARED),
        "compare/bias": np.zeros(_COMPARED),
        "again/kernel": kernel(_COMPARED, _COMPARED),
        "again/bias": np.zeros(_COMPARED),
        "hidden/kernel": kernel(4 * _COMPARED, _WIDTH),
        "hidden/bias": np.zeros(_WIDTH),
        "out/kernel": kernel(_WIDTH, len(ENTAILMENT_LABELS), 0.1),
        "out/bias": np.zeros(len(ENTAILMENT_LABELS)),
    }
    return {f"{PREFIX}/{name}": value.astype(np.float32) for name, value in found.items()}


def lower_layers(shape: BertShape) -> int:
    """How many layers of the shared encoder read each text."""
    return shape.num_hidden_layers // 2


@dataclass(frozen=True, slots=True)
class Net:
    """Runs the comparison. ``get`` gives a named weight."""

    get: Get
    compute: Any = tf.float32
    dropout: float = 0.0

    def logits(self, hidden: Tensor, packed: Packed) -> Tensor:
        """float32 [pairs, k] of [tokens, hidden]: all first texts, then all second ones."""
        pairs = tf.shape(packed.padded)[0] // 2
        mine, found = self._own_and_found(hidden, packed)
        sides = tf.concat([mine, found, mine - found, mine * found], axis=-1)
        compared = self._dense("compare", self._drop(tf.gather_nd(sides, _places(packed))))
        compared = self._dense("again", compared)
        mean = tf.math.unsorted_segment_mean(compared, packed.row, 2 * pairs)
        most = tf.math.unsorted_segment_max(compared, packed.row, 2 * pairs)
        pooled = tf.concat([mean[:pairs], mean[pairs:], most[:pairs], most[pairs:]], axis=1)
        wide = self._drop(self._dense("hidden", self._drop(pooled)))
        odds = tf.matmul(wide, self._weight("out/kernel")) + self._weight("out/bias")
        return tf.ensure_shape(odds, [None, len(ENTAILMENT_LABELS)])

    def _own_and_found(self, hidden: Tensor, packed: Packed) -> tuple[Tensor, Tensor]:
        """[texts, longest, aligned] twice: each token, and what answers to it in the other text."""
        longest = tf.shape(packed.padded)[1]
        empty = packed.padded == tf.shape(packed.row)[0]
        query, key, value, own = (
            self._padded(name, hidden, packed) for name in ("query", "key", "found", "own")
        )
        scores = tf.matmul(_heads(query), _heads(_other(key)), transpose_b=True)
        scores *= self._weight("sharpness")[:, None, None] * (_ALIGNED // _HEADS) ** -0.5
        scores += tf.where(_other(empty), _FAR, 0.0)[:, None, None, :]
        found = tf.matmul(tf.nn.softmax(scores), _heads(_other(value)))
        return own, tf.reshape(tf.transpose(found, [0, 2, 1, 3]), [-1, longest, _ALIGNED])

    def _padded(self, name: str, hidden: Tensor, packed: Packed) -> Tensor:
        vectors = self._product(f"{name}/kernel", hidden)
        vectors = tf.concat([vectors, tf.zeros([1, _ALIGNED])], axis=0)
        return tf.gather(vectors, packed.padded)

    def _dense(self, name: str, inputs: Tensor) -> Tensor:
        wide = self._product(f"{name}/kernel", inputs) + self._weight(f"{name}/bias")
        return tf.nn.gelu(wide, approximate=False)

    def _product(self, name: str, inputs: Tensor) -> Tensor:
        kernel = tf.cast(self._weight(name), self.compute)
        return tf.cast(tf.matmul(tf.cast(inputs, self.compute), kernel), tf.float32)

    def _weight(self, name: str) -> Tensor:
        return self.get(f"{PREFIX}/{name}")

    def _drop(self, inputs: Tensor) -> Tensor:
        return tf.nn.dropout(inputs, self.dropout) if self.dropout else inputs


def _heads(vectors: Tensor) -> Tensor:
    texts, longest = tf.unstack(tf.shape(vectors))[:2]
    parts = tf.reshape(vectors, [texts, longest, _HEADS, _ALIGNED // _HEADS])
    return tf.transpose(parts, [0, 2, 1, 3])


def _other(texts: Tensor) -> Tensor:
    """First and second texts change places."""
    pairs = tf.shape(texts)[0] // 2
    return tf.concat([texts[pairs:], texts[:pairs]], axis=0)


def _places(packed: Packed) -> Tensor:
    """[tokens, 2]: text and place of each token."""
    return tf.stack([packed.row, packed.position], axis=1)
