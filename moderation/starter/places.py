"""Places in flat tensors, in few operations: a SavedModel is read node by node.

``tf.boolean_mask`` and ``tf.repeat`` do as much in thirty nodes and more.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

Tensor = Any


def true_places(mask: Tensor) -> Tensor:
    """bool [n] → int32 [k], ascending: where it is true."""
    return tf.cast(tf.squeeze(tf.where(mask), axis=1), tf.int32)


def owners(counts: Tensor) -> Tensor:
    """int32 [n] → int32 [sum]: each place as often as it counts."""
    return places_in(tf.cumsum(counts), tf.range(tf.reduce_sum(counts)))


def places_in(ascending: Tensor, values: Tensor) -> Tensor:
    """int32 [n], int32 [m] → int32 [m]: how many are not above each value."""
    found = tf.raw_ops.UpperBound(
        sorted_inputs=tf.expand_dims(ascending, 0), values=tf.expand_dims(values, 0)
    )
    return tf.squeeze(found, axis=0)


def put(into: Tensor, places: Tensor, values: Tensor) -> Tensor:
    """[n], int [k], [k] → [n] with the values in these places."""
    return tf.tensor_scatter_nd_update(into, tf.expand_dims(places, 1), values)
