"""Both texts of a pair in one sequence: a layer that sees words of one beside words of the other.

The lower layers are the shared encoder's and read each text alone, so a pair costs one
layer more and not a second pass. What comes out are log-odds of the three labels, learnt
from ``pair_forms`` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter.encoder import BertShape, Encoder, Packed, Weights, pack
from schemas.records import ENTAILMENT_LABELS

Tensor = Any

PREFIX = "joint"
_WIDTH = 128
_POOLS = 4


def initial(upstream: Weights, shape: BertShape, seed: int) -> Weights:
    """Weights to start from: the layer as the encoder's own next one, the head at random."""
    start = lower_layers(shape)
    own = f"layer{start}/"
    random = np.random.default_rng(seed)
    size = shape.hidden_size
    layer = {
        name.replace(own, f"{PREFIX}0/"): value
        for name, value in upstream.items()
        if name.startswith(own)
    }
    head = {
        "segment": random.normal(0, 0.02, (2, size)),
        "hidden/kernel": random.normal(0, (_POOLS * size) ** -0.5, (_POOLS * size, _WIDTH)),
        "hidden/bias": np.zeros(_WIDTH),
        "out/kernel": random.normal(0, 0.1 * _WIDTH**-0.5, (_WIDTH, len(ENTAILMENT_LABELS))),
        "out/bias": np.zeros(len(ENTAILMENT_LABELS)),
    }
    return layer | {f"{PREFIX}/{name}": value.astype(np.float32) for name, value in head.items()}


def lower_layers(shape: BertShape) -> int:
    """How many layers of the shared encoder read each text before the two are joined."""
    return shape.num_hidden_layers // 2


def logits(
    get: Callable[[str], Tensor],
    shape: BertShape,
    hidden: Tensor,
    packed: Packed,
    *,
    dropout: float = 0.0,
    compute: Any = tf.float32,
) -> Tensor:
    """float32 [pairs, k] log-odds of [tokens, hidden]: all first texts, then all second ones."""
    pairs = tf.shape(packed.padded)[0] // 2
    order, joined, second = _join(packed, pairs)
    vectors = tf.gather(hidden, order) + tf.one_hot(second, 2) @ get(f"{PREFIX}/segment")
    encoder = Encoder(shape, get, _no_words, compute=compute, dropout=dropout)
    vectors = encoder.layers(vectors, joined, range(1), prefix=PREFIX)
    side = joined.row + pairs * second
    mean = tf.math.unsorted_segment_mean(vectors, side, 2 * pairs)
    most = tf.math.unsorted_segment_max(vectors, side, 2 * pairs)
    pooled = tf.concat([mean[:pairs], mean[pairs:], most[:pairs], most[pairs:]], axis=1)
    wide = _dense(get, "hidden", tf.nn.dropout(pooled, dropout) if dropout else pooled)
    wide = tf.nn.gelu(wide, approximate=False)
    return _dense(get, "out", tf.nn.dropout(wide, dropout) if dropout else wide)


def _join(packed: Packed, pairs: Tensor) -> tuple[Tensor, Packed, Tensor]:
    """Packed index of each token in its pair's sequence; the sequences; 1 in second texts."""
    places = tf.concat([packed.padded[:pairs], packed.padded[pairs:]], axis=1)
    there = places < tf.shape(packed.row)[0]
    sequences = tf.ragged.boolean_mask(places, there)
    order = sequences.flat_values
    return order, pack(sequences), tf.cast(tf.gather(packed.row, order) >= pairs, tf.int32)


def _dense(get: Callable[[str], Tensor], name: str, inputs: Tensor) -> Tensor:
    name = f"{PREFIX}/{name}"
    return tf.matmul(inputs, get(f"{name}/kernel")) + get(f"{name}/bias")


def _no_words(ids: Tensor) -> Tensor:
    raise NotImplementedError("the joint layer embeds no words")
