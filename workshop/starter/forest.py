"""Extremely randomised trees: trained with scikit-learn, evaluated as gathers in the graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter.encoder import Weights

Array = np.ndarray[Any, Any]
Tensor = Any


def train_forest(features: Array, labels: Array, *, trees: int, leaf: int, seed: int) -> Any:
    """A forest over float32 ``features`` [n, f] and int ``labels`` [n], classes weighted evenly."""
    from sklearn.ensemble import ExtraTreesClassifier

    forest = ExtraTreesClassifier(
        trees,
        min_samples_leaf=leaf,
        max_features=0.4,
        class_weight="balanced",
        random_state=seed,
        n_jobs=1,
    )
    return forest.fit(features, labels)


def forest_weights(forest: Any) -> Weights:
    """The forest as flat arrays over the nodes of all trees, under the names ``forest/…``.

    A leaf is its own right child and asks feature 0; any other node's left child follows it.
    """
    parts: dict[str, list[Array]] = {name: [] for name in ("feature", "threshold", "right")}
    values, roots, offset, depth = [], [], 0, 0
    for tree in (estimator.tree_ for estimator in forest.estimators_):
        own = np.arange(tree.node_count)
        leaf = tree.children_left < 0
        parts["feature"].append(np.where(leaf, 0, tree.feature))
        parts["threshold"].append(_floor32(np.where(leaf, 0.0, tree.threshold)))
        parts["right"].append(np.where(leaf, own, tree.children_right) + offset)
        share = tree.value[:, 0, :]
        values.append(share / share.sum(axis=1, keepdims=True))
        roots.append(offset)
        offset += tree.node_count
        depth = max(depth, tree.max_depth)
    return {
        "forest/feature": np.concatenate(parts["feature"]).astype(np.uint8),
        "forest/threshold": np.concatenate(parts["threshold"]),
        "forest/right": np.concatenate(parts["right"]).astype(np.int32),
        "forest/value": np.concatenate(values).astype(np.float32),
        "forest/root": np.array(roots, np.int32),
        "forest/depth": np.array(depth, np.int32),
    }


def forest_probabilities(weights: Any, features: Tensor, widths: Tensor) -> Tensor:
    """float32 [n, f] → float32 [n, classes]: the mean over the trees.

    A feature that comes out of a network is never twice the same to the bit, and a threshold
    makes a leap of that. So a value within half a ``width`` of a threshold goes both ways, with
    shares that sum to one and change evenly over the width.

    Args:
        weights: gives a named array (``forest/…``) as a tensor.
        features: of each row.
        widths: float32 [f], each in its feature's units; 0: all to the left or all to the right.
    """
    roots, asked, thresholds, rights = (
        weights(f"forest/{name}") for name in ("root", "feature", "threshold", "right")
    )
    rows, trees = tf.shape(features)[0], tf.shape(roots)[0]

    def step(level: Tensor, row: Tensor, node: Tensor, share: Tensor) -> tuple[Tensor, ...]:
        feature, right = tf.cast(tf.gather(asked, node), tf.int32), tf.gather(rights, node)
        left = tf.where(right == node, node, node + 1)
        value = tf.gather_nd(features, tf.stack([row, feature], axis=1))
        room = tf.gather(thresholds, node) - value
        width = tf.gather(widths, feature)
        even = tf.clip_by_value(0.5 + tf.math.divide_no_nan(room, width), 0.0, 1.0)
        to_left = tf.where(width > 0.0, even, tf.cast(room >= 0.0, tf.float32))
        to_left = tf.where(left == right, 1.0, to_left)  # a leaf is its own child
        parted = tf.where((to_left > 0.0) & (to_left < 1.0))[:, 0]
        rest = tf.gather(share * (1.0 - to_left), parted)
        row_of_rest, rest_node = tf.gather(row, parted), tf.gather(right, parted)
        share = tf.where(to_left > 0.0, share * to_left, share)
        node = tf.where(to_left > 0.0, left, right)
        return (
            level + 1,
            tf.concat([row, row_of_rest], axis=0),
            tf.concat([node, rest_node], axis=0),
            tf.concat([share, rest], axis=0),
        )

    row = tf.repeat(tf.range(rows), trees)
    start = (0, row, tf.tile(roots, [rows]), tf.ones([rows * trees]))
    depth, any_length = weights("forest/depth"), tf.TensorShape([None])
    _, row, node, share = tf.while_loop(
        lambda level, *_: level < depth,
        step,
        start,
        shape_invariants=(tf.TensorShape([]), any_length, any_length, any_length),
    )
    values = tf.gather(weights("forest/value"), node) * share[:, None]
    return tf.math.unsorted_segment_sum(values, row, rows) / tf.cast(trees, tf.float32)


def _floor32(values: Array) -> Array:
    """The largest float32 not above each value: ``x <= t`` decides the same for float32 x."""
    down = values.astype(np.float32)
    return np.where(down > values, np.nextafter(down, np.float32(-np.inf)), down)
