"""Trees and a kernel machine over one pair's features, side by side: what the odds are made of.

Trees find the rules (other numbers, the same words); the kernel machine finds pairs that
are like labelled ones all in all. Each errs where the other does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from moderation.starter import pair_rules
from moderation.starter.encoder import Weights
from workshop.starter.forest import forest_probabilities, forest_weights, train_forest

Array = np.ndarray[Any, Any]
Tensor = Any

PLAIN = len(pair_rules.NAMES) + 1
"""Features that stand for themselves: the lexical ones and the cosine. The meaning follows."""

EVEN_OVER = 0.03
"""Over how much of its deviation a feature of the network goes both ways at a threshold of the
trees: far above what arithmetic moves it by (decision 0026)."""

_TINY = 1e-3
_FARTHEST = 4.0


@dataclass(frozen=True, slots=True)
class BaseRecipe:
    """Sizes of both."""

    trees: int = 200
    leaf: int = 3
    directions: int = 24
    """Principal directions of the texts' meaning that are looked at."""
    directions_for_trees: int = 16
    penalty: float = 0.5


@dataclass(frozen=True, slots=True)
class Base:
    """Both, trained."""

    centre: Array
    directions: Array
    shift: Array
    scale: Array
    forest: Any
    machine: Any
    for_trees: int

    def values(self, features: Array) -> Array:
        """Of features [n, PLAIN + hidden]: [n, 2 k], log shares of the trees, then margins."""
        whole = _whole(features, self.centre, self.directions)
        shares = self._shares(whole)
        margins = self.machine.decision_function(_scaled(whole, self.shift, self.scale))
        return np.concatenate([np.log(shares + _TINY), margins], axis=1)

    def _shares(self, whole: Array) -> Array:
        """Of the trees as the bundle asks them: even where they are unsure of the side."""
        import tensorflow as tf

        weights = {name: tf.constant(value) for name, value in forest_weights(self.forest).items()}
        widths = tf.constant(_widths(self.scale), tf.float32)
        return np.asarray(forest_probabilities(weights.__getitem__, tf.constant(whole), widths))

    def as_weights(self) -> Weights:
        """For the bundle, under the names ``forest/…`` and ``pairs/…``."""
        machine = self.machine
        found = {
            "centre": self.centre,
            "directions": self.directions,
            "shift": self.shift,
            "scale": self.scale,
            "support": machine.support_vectors_,
            "dual": _dual(machine),
            "offset": machine.intercept_,
            "gamma": np.asarray(machine._gamma),
        }
        return forest_weights(self.forest) | {
            f"pairs/{name}": np.asarray(value, np.float32) for name, value in found.items()
        }


def fit(features: Array, labels: Array, *, recipe: BaseRecipe, seed: int) -> Base:
    """Trees and kernel machine on features [n, PLAIN + hidden] and labels [n], classes even."""
    from sklearn.decomposition import PCA
    from sklearn.svm import SVC

    meaning = features[:, PLAIN:]
    count = min(recipe.directions, *meaning.shape)
    found = PCA(count, svd_solver="full").fit(meaning.astype(np.float64))
    directions = found.components_.T.astype(np.float32)
    centre = found.mean_.astype(np.float32)
    whole = _whole(features, centre, directions)
    shift, scale = whole.mean(axis=0), np.maximum(whole.std(axis=0), 1e-6)
    for_trees = PLAIN + min(recipe.directions_for_trees, count)
    machine = SVC(
        C=recipe.penalty, class_weight="balanced", decision_function_shape="ovo", gamma="scale"
    )
    return Base(
        centre,
        directions,
        shift,
        scale,
        train_forest(whole[:, :for_trees], labels, trees=recipe.trees, leaf=recipe.leaf, seed=seed),
        machine.fit(_scaled(whole, shift, scale), labels),
        for_trees,
    )


def values(get: Callable[[str], Tensor], features: Tensor) -> Tensor:
    """``Base.values`` in the graph: float32 [n, PLAIN + hidden] → [n, 2 k]."""
    import tensorflow as tf

    meaning = tf.matmul(features[:, PLAIN:] - get("pairs/centre"), get("pairs/directions"))
    whole = tf.concat([features[:, :PLAIN], meaning], axis=1)
    shares = forest_probabilities(get, whole, _widths(get("pairs/scale")))
    scaled = (whole - get("pairs/shift")) / get("pairs/scale")
    margins = _margins(get, tf.clip_by_value(scaled, -_FARTHEST, _FARTHEST))
    return tf.concat([tf.math.log(shares + _TINY), margins], axis=1)


def _margins(get: Callable[[str], Tensor], scaled: Tensor) -> Tensor:
    """Of the kernel machine, in float64: a thousand terms that mostly cancel each other."""
    import tensorflow as tf

    def exact(name: str) -> Tensor:
        return tf.cast(get(f"pairs/{name}"), tf.float64)

    scaled, support = tf.cast(scaled, tf.float64), exact("support")
    apart = (
        tf.reduce_sum(tf.square(scaled), axis=1)[:, None]
        + tf.reduce_sum(tf.square(support), axis=1)
        - 2.0 * tf.matmul(scaled, support, transpose_b=True)
    )
    margins = tf.matmul(tf.exp(-exact("gamma") * apart), exact("dual")) + exact("offset")
    return tf.cast(margins, tf.float32)


def _widths(scale: Any) -> Any:
    """Of each feature: none for the lexical ones, which are counted and so exact."""
    from_the_network = np.arange(int(scale.shape[0])) >= PLAIN - 1
    return scale * (EVEN_OVER * from_the_network).astype(np.float32)


def _whole(features: Array, centre: Array, directions: Array) -> Array:
    meaning = (features[:, PLAIN:] - centre) @ directions
    return np.concatenate([features[:, :PLAIN], meaning], axis=1).astype(np.float32)


def _scaled(whole: Array, shift: Array, scale: Array) -> Array:
    return np.clip((whole - shift) / scale, -_FARTHEST, _FARTHEST)


def _dual(machine: Any) -> Array:
    """[support vectors, pairs of classes]: what each adds to each margin, one class to another."""
    of_class = np.repeat(np.arange(len(machine.n_support_)), machine.n_support_)
    columns = []
    for one, other in combinations(range(len(machine.n_support_)), 2):
        column = np.zeros(len(of_class))
        column[of_class == one] = machine.dual_coef_[other - 1, of_class == one]
        column[of_class == other] = machine.dual_coef_[one, of_class == other]
        columns.append(column)
    return np.stack(columns, axis=1)
