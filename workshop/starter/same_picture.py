"""Are these two the same picture? Four measures in the graph, and a line through them.

The line is fitted to pictures and their own disturbed copies (``pictures.repost``)
against other pictures: no person labelled anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter.encoder import Weights
from workshop.starter.pictures import SIDE, repost, to_pixels

Array = np.ndarray[Any, Any]
Tensor = Any

_GRID = 16
_COARSE = 4
_LEVELS = 4
_LUMA = (0.299, 0.587, 0.114)
MEASURES = ("tone_correlation", "edge_agreement", "colour_overlap", "coarse_difference")
HAND_SET: Weights = {
    "same/kernel": np.array([6.0, 4.0, 4.0, -10.0], np.float32),
    "same/bias": np.array(-9.0, np.float32),
}
"""Used where the build is given no pictures."""


def measures(first: Tensor, second: Tensor) -> Tensor:
    """uint8 [n, SIDE, SIDE, 3] twice → float32 [n, 4], in the order of ``MEASURES``."""
    one, two = (tf.cast(images, tf.float32) / 255.0 for images in (first, second))
    grey_1, grey_2 = (_shrink(images, _GRID) @ tf.constant(_LUMA)[:, None] for images in (one, two))
    coarse = tf.abs(_shrink(one, _COARSE) - _shrink(two, _COARSE))
    return tf.stack(
        [
            _correlation(grey_1, grey_2),
            _correlation(_edges(grey_1), _edges(grey_2)),
            tf.reduce_sum(tf.minimum(_colours(first), _colours(second)), axis=1),
            tf.reduce_mean(coarse, axis=[1, 2, 3]),
        ],
        axis=1,
    )


def p_same(get: Any, first: Tensor, second: Tensor) -> Tensor:
    """uint8 [n, SIDE, SIDE, 3] twice → float32 [n]: how surely both are one picture."""
    return tf.sigmoid(
        tf.linalg.matvec(measures(first, second), get("same/kernel")) + get("same/bias")
    )


def fit(pictures: Sequence[Any], seed: int) -> tuple[Weights, dict[str, float]]:
    """The line through the measures, from four fifths of ``pictures``; the rest judge it."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    held_back = np.arange(len(pictures)) % 5 == 0
    parts = [
        [p for p, held in zip(pictures, held_back, strict=True) if held is flag]
        for flag in (np.False_, np.True_)
    ]
    (features, labels), (judged, truth) = (_pairs(part, seed + i) for i, part in enumerate(parts))
    line = LogisticRegression(C=10.0).fit(features, labels)
    weights: Weights = {
        "same/kernel": line.coef_[0].astype(np.float32),
        "same/bias": np.float32(line.intercept_[0]).reshape(()),
    }
    p = line.predict_proba(judged)[:, 1]
    return weights, {
        "pairs_judged": len(truth),
        "auroc": float(roc_auc_score(truth, p)),
        "same_found_at_half": float((p[truth == 1] >= 0.5).mean()),
        "different_taken_for_same_at_half": float((p[truth == 0] >= 0.5).mean()),
    }


def _pairs(pictures: Sequence[Any], seed: int, copies: int = 3) -> tuple[Array, Array]:
    random = np.random.default_rng(seed)
    first, second, labels = [], [], []
    for index, picture in enumerate(pictures):
        for _ in range(copies):
            other = (index + 1 + int(random.integers(len(pictures) - 1))) % len(pictures)
            first += [to_pixels(repost(picture, random)), to_pixels(repost(picture, random))]
            second += [
                to_pixels(repost(picture, random)),
                to_pixels(repost(pictures[other], random)),
            ]
            labels += [1, 0]
    found = measures(tf.constant(np.stack(first)), tf.constant(np.stack(second)))
    return found.numpy(), np.array(labels)


def _shrink(images: Tensor, side: int) -> Tensor:
    step = SIDE // side
    return tf.reduce_mean(tf.reshape(images, [-1, side, step, side, step, 3]), axis=[2, 4])


def _edges(grey: Tensor) -> Tensor:
    across = grey[:, :-1, 1:] - grey[:, :-1, :-1]
    down = grey[:, 1:, :-1] - grey[:, :-1, :-1]
    return tf.concat([across, down], axis=3)


def _correlation(first: Tensor, second: Tensor) -> Tensor:
    one, two = (tf.reshape(values, [tf.shape(values)[0], -1]) for values in (first, second))
    one -= tf.reduce_mean(one, axis=1, keepdims=True)
    two -= tf.reduce_mean(two, axis=1, keepdims=True)
    both = tf.norm(one, axis=1) * tf.norm(two, axis=1)
    return tf.math.divide_no_nan(tf.reduce_sum(one * two, axis=1) + 1e-4, both + 1e-4)


def _colours(images: Tensor) -> Tensor:
    """uint8 [n, SIDE, SIDE, 3] → float32 [n, 64]: share of the pixels in each coarse colour."""
    level = tf.cast(images, tf.int32) * _LEVELS // 256
    bins = level[..., 0] * _LEVELS**2 + level[..., 1] * _LEVELS + level[..., 2]
    rows = tf.shape(bins)[0]
    flat = tf.reshape(bins, [rows, SIDE * SIDE]) + tf.range(rows)[:, None] * _LEVELS**3
    counts = tf.math.bincount(
        tf.reshape(flat, [-1]), minlength=rows * _LEVELS**3, maxlength=rows * _LEVELS**3
    )
    return tf.cast(tf.reshape(counts, [rows, _LEVELS**3]), tf.float32) / SIDE**2
