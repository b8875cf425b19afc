"""Two texts read as one pair: what each has that the other lacks, then both read on together.

Every token looks in the other text for what answers to it, and what it found there, compared
with its own, is added to it (after decomposable attention, Parikh et al. 2016). Layers of the
pair's own, which begin as upper layers of the encoder, read both texts as one sequence of such
tokens. The tokens come from the shared encoder's lower layers, which read each text alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter.encoder import BertShape, Encoder, Packed, Weights
from moderation.starter.pair_rules import NAMES
from schemas.records import ENTAILMENT_LABELS

Tensor = Any
Get = Callable[[str], Tensor]

PREFIX = "pair"
LAYERS = 2
"""How many layers read the pair as a whole."""

_ALIGNED = 192
_HEADS = 4
_COMPARED = 256
_WIDTH = 128
_FAR = -1e9


def lower_layers(shape: BertShape) -> range:
    """The layers of the shared encoder that read each text alone."""
    return range(shape.num_hidden_layers // 2)


def initial(encoder: Weights, shape: BertShape, seed: int) -> Weights:
    """Weights to start from: what is alike looks for each other, layers as ``encoder`` has them.

    Args:
        encoder: whose layers after the lower ones are taken.
        shape: of it.
        seed: for all that is drawn.
    """
    random = np.random.default_rng(seed)
    size = shape.hidden_size

    def kernel(rows: int, columns: int, scale: float = 1.0) -> Any:
        return random.normal(0, scale * rows**-0.5, (rows, columns))

    look, value = kernel(size, _ALIGNED), kernel(size, _ALIGNED)
    found = {
        "query/kernel": look,
        "key/kernel": look,
        "found/kernel": value,
        "own/kernel": value,
        "sharpness": np.ones(_HEADS),
        "compare/kernel": kernel(4 * _ALIGNED, _COMPARED),
        "compare/bias": np.zeros(_COMPARED),
        "into/kernel": kernel(_COMPARED, size, 0.3),
        "into/bias": np.zeros(size),
        "side": random.normal(0, 0.02, (2, size)),
        "hidden/kernel": kernel(4 * size + 2 * _COMPARED + len(NAMES), _WIDTH),
        "hidden/bias": np.zeros(_WIDTH),
        "out/kernel": kernel(_WIDTH, len(ENTAILMENT_LABELS), 0.1),
        "out/bias": np.zeros(len(ENTAILMENT_LABELS)),
    }
    first = lower_layers(shape).stop
    for index in range(LAYERS):
        taken = f"layer{first + index}/"
        for name in filter(lambda name: name.startswith(taken), encoder):
            found[f"layer{index}/{name.removeprefix(taken)}"] = encoder[name]
    return {f"{PREFIX}/{name}": np.asarray(value, np.float32) for name, value in found.items()}


@dataclass(frozen=True, slots=True)
class Net:
    """Runs it. ``get`` gives a named weight, ``shape`` is that of the encoder."""

    get: Get
    shape: BertShape
    dropout: float = 0.0

    def logits(self, hidden: Tensor, packed: Packed, lexical: Tensor) -> Tensor:
        """float32 [pairs, k], the log-odds of the labels.

        Args:
            hidden: [tokens, hidden], all first texts, then all second ones.
            packed: where they lie.
            lexical: float32 [pairs, features], of ``pairs_graph``.
        """
        texts = tf.shape(packed.padded)[0]
        pairs = texts // 2
        compared = self._compared(hidden, packed)
        side = tf.gather(self._weight("side"), packed.row // pairs)
        hidden += side + tf.matmul(compared, self._weight("into/kernel"))
        hidden += self._weight("into/bias")
        encoder = Encoder(self.shape, self._weight, lambda ids: ids, dropout=self.dropout)
        hidden = encoder.layers(self._drop(hidden), together(packed), range(LAYERS))
        mean = tf.math.unsorted_segment_mean(hidden, packed.row, texts)
        most = tf.math.unsorted_segment_max(compared, packed.row, texts)
        one, two = mean[:pairs], mean[pairs:]
        pooled = [one, two, one - two, one * two, most[:pairs], most[pairs:], lexical]
        wide = self._drop(self._dense("hidden", self._drop(tf.concat(pooled, axis=1))))
        odds = tf.matmul(wide, self._weight("out/kernel")) + self._weight("out/bias")
        return tf.ensure_shape(odds, [None, len(ENTAILMENT_LABELS)])

    def _compared(self, hidden: Tensor, packed: Packed) -> Tensor:
        """[tokens, compared]: each token beside what answers to it in the other text."""
        longest = tf.shape(packed.padded)[1]
        empty = packed.padded == tf.shape(packed.row)[0]
        query, key, value = (
            self._padded(name, hidden, packed) for name in ("query", "key", "found")
        )
        scores = tf.matmul(_heads(query), _heads(_other(key)), transpose_b=True)
        scores *= self._weight("sharpness")[:, None, None] * (_ALIGNED // _HEADS) ** -0.5
        scores += tf.where(_other(empty), _FAR, 0.0)[:, None, None, :]
        found = tf.matmul(tf.nn.softmax(scores), _heads(_other(value)))
        found = tf.reshape(tf.transpose(found, [0, 2, 1, 3]), [-1, _ALIGNED])
        found = tf.gather(found, packed.row * longest + packed.position)
        own = tf.matmul(hidden, self._weight("own/kernel"))
        sides = tf.concat([own, found, own - found, own * found], axis=1)
        return self._dense("compare", self._drop(sides))

    def _padded(self, name: str, hidden: Tensor, packed: Packed) -> Tensor:
        vectors = tf.matmul(hidden, self._weight(f"{name}/kernel"))
        vectors = tf.concat([vectors, tf.zeros([1, _ALIGNED])], axis=0)
        return tf.gather(vectors, packed.padded)

    def _dense(self, name: str, inputs: Tensor) -> Tensor:
        wide = tf.matmul(inputs, self._weight(f"{name}/kernel")) + self._weight(f"{name}/bias")
        return tf.nn.gelu(wide, approximate=False)

    def _weight(self, name: str) -> Tensor:
        return self.get(f"{PREFIX}/{name}")

    def _drop(self, inputs: Tensor) -> Tensor:
        return tf.nn.dropout(inputs, self.dropout) if self.dropout else inputs


def together(packed: Packed) -> Packed:
    """Where tokens lie once the two texts of a pair, halves of a batch apart, are one sequence."""
    texts, _ = tf.unstack(tf.shape(packed.padded))
    total = tf.shape(packed.row)[0]
    lengths = tf.math.bincount(packed.row, minlength=texts, maxlength=texts)
    pairs = texts // 2
    is_second = packed.row >= pairs
    row = tf.where(is_second, packed.row - pairs, packed.row)
    position = packed.position + tf.where(is_second, tf.gather(lengths, row), 0)
    longest = tf.reduce_max(lengths[:pairs] + lengths[pairs:])
    flat = row * longest + position
    padded = tf.tensor_scatter_nd_update(
        tf.fill([pairs * longest], total), flat[:, None], tf.range(total)
    )
    return replace(
        packed, position=position, row=row, padded=tf.reshape(padded, [pairs, longest]), flat=flat
    )


def _heads(vectors: Tensor) -> Tensor:
    texts, longest = tf.unstack(tf.shape(vectors))[:2]
    parts = tf.reshape(vectors, [texts, longest, _HEADS, _ALIGNED // _HEADS])
    return tf.transpose(parts, [0, 2, 1, 3])


def _other(texts: Tensor) -> Tensor:
    """First and second texts change places."""
    pairs = tf.shape(texts)[0] // 2
    return tf.concat([texts[pairs:], texts[:pairs]], axis=0)
