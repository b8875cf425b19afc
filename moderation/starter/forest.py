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

    A leaf is its own child and asks feature 0; ``left`` and ``right`` are absolute.
    """
    parts: dict[str, list[Array]] = {name: [] for name in ("feature", "threshold", "left", "right")}
    values, roots, offset, depth = [], [], 0, 0
    for tree in (estimator.tree_ for estimator in forest.estimators_):
        own = np.arange(tree.node_count)
        leaf = tree.children_left < 0
        parts["feature"].append(np.where(leaf, 0, tree.feature))
        parts["threshold"].append(_floor32(np.where(leaf, 0.0, tree.threshold)))
        parts["left"].append(np.where(leaf, own, tree.children_left) + offset)
        parts["right"].append(np.where(leaf, own, tree.children_right) + offset)
        share = tree.value[:, 0, :]
        values.append(share / share.sum(axis=1, keepdims=True))
        roots.append(offset)
        offset += tree.node_count
        depth = max(depth, tree.max_depth)
    return {
        "forest/feature": np.concatenate(parts["feature"]).astype(np.int32),
        "forest/threshold": np.concatenate(parts["threshold"]),
        "forest/left": np.concatenate(parts["left"]).astype(np.int32),
        "forest/right": np.concatenate(parts["right"]).astype(np.int32),
        "forest/value": np.concatenate(values).astype(np.float32),
        "forest/root": np.array(roots, np.int32),
        "forest/depth": np.array(depth, np.int32),
    }


def forest_probabilities(weights: Any, features: Tensor) -> Tensor:
    """float32 [n, f] → float32 [n, classes]: the mean over the trees.

    ``weights`` gives a named array (``forest/…``) as a tensor.
    """
    roots = weights("forest/root")
    rows, trees = tf.shape(features)[0], tf.shape(roots)[0]
    node = tf.broadcast_to(roots[None, :], [rows, trees])

    def step(level: Tensor, node: Tensor) -> tuple[Tensor, Tensor]:
        asked = tf.gather(features, tf.gather(weights("forest/feature"), node), batch_dims=1)
        goes_left = asked <= tf.gather(weights("forest/threshold"), node)
        left = tf.gather(weights("forest/left"), node)
        return level + 1, tf.where(goes_left, left, tf.gather(weights("forest/right"), node))

    depth = weights("forest/depth")
    _, node = tf.while_loop(lambda level, _: level < depth, step, (0, node))
    return tf.reduce_mean(tf.gather(weights("forest/value"), node), axis=1)


def _floor32(values: Array) -> Array:
    """The largest float32 not above each value: ``x <= t`` decides the same for float32 x."""
    down = values.astype(np.float32)
    return np.where(down > values, np.nextafter(down, np.float32(-np.inf)), down)
