"""A small conv network over one picture, trained from nothing on a stand-in label.

Propaganda technique (smears, name-calling) is not hate; the eye is weak, and
``hateful`` lets it move the log-odds by no more than ``REACH``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter.encoder import Weights
from workshop.starter.figures import figures, shown, sigmoid
from workshop.starter.pictures import SIDE
from workshop.starter.trainer import Descent, Trainer

Array = np.ndarray[Any, Any]
Tensor = Any

REACH = 0.25
"""The most by which the picture moves the log-odds of hateful, up or down."""

_CHANNELS = (3, 12, 24, 32)
_BATCH = 32
_DESCENT = Descent(2e-3, warm_up=0.1, weight_decay=0.05)
_SIGNATURE = (tf.TensorSpec([None, SIDE, SIDE, 3], tf.uint8), tf.TensorSpec([None], tf.float32))


def eye_logit(get: Any, images: Tensor, dropout: float = 0.0) -> Tensor:
    """uint8 [n, SIDE, SIDE, 3] → float32 [n], log-odds of the stand-in label."""
    values = tf.cast(images, tf.float32) / 127.5 - 1.0
    for index in range(len(_CHANNELS) - 1):
        kernel, bias = get(f"eye/conv{index}/kernel"), get(f"eye/conv{index}/bias")
        values = tf.nn.relu(tf.nn.conv2d(values, kernel, strides=2, padding="SAME") + bias)
    pooled = tf.concat([tf.reduce_mean(values, [1, 2]), tf.reduce_max(values, [1, 2])], axis=1)
    if dropout:
        pooled = tf.nn.dropout(pooled, dropout)
    return tf.linalg.matvec(pooled, get("eye/head/kernel")) + get("eye/head/bias")


def initial(seed: int) -> Weights:
    """He-initialised weights; the head is zero, so an untrained eye sees nothing."""
    random = np.random.default_rng(seed)
    weights: Weights = {
        "eye/head/kernel": np.zeros(2 * _CHANNELS[-1], np.float32),
        "eye/head/bias": np.zeros((), np.float32),
    }
    for index, (before, after) in enumerate(pairwise(_CHANNELS)):
        spread = np.sqrt(2 / (9 * before))
        kernel = random.normal(0, spread, (3, 3, before, after))
        weights[f"eye/conv{index}/kernel"] = kernel.astype(np.float32)
        weights[f"eye/conv{index}/bias"] = np.zeros(after, np.float32)
    return weights


def train_eye(pixels: Array, labels: Array, *, epochs: int, seed: int) -> Weights:
    """Weights from uint8 ``pixels`` [n, SIDE, SIDE, 3] and ``labels`` [n], classes evened out."""
    tf.keras.utils.set_random_seed(seed)
    variables = {name: tf.Variable(value) for name, value in initial(seed).items()}

    def loss(images: Tensor, truth: Tensor) -> Tensor:
        logits = eye_logit(variables.__getitem__, _disturbed(images), dropout=0.3)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(truth, logits))

    steps = epochs * -(-len(labels) // _BATCH)
    trainer = Trainer(variables, loss, signature=_SIGNATURE, descent=_DESCENT, steps=steps)
    random = np.random.default_rng(seed)
    weight = np.where(labels == 1, 1 / (labels == 1).sum(), 1 / (labels == 0).sum())
    drawn = (random.choice(len(labels), _BATCH, p=weight / weight.sum()) for _ in range(steps))
    trainer.epoch((pixels[rows], labels[rows].astype(np.float32)) for rows in drawn)
    return trainer.weights()


def _disturbed(images: Tensor) -> Tensor:
    images = tf.cast(tf.image.random_flip_left_right(images), tf.float32)
    images = tf.pad(images, [[0, 0], [4, 4], [4, 4], [0, 0]], "REFLECT")
    images = tf.image.random_crop(images, [tf.shape(images)[0], SIDE, SIDE, 3])
    return tf.clip_by_value(tf.image.random_brightness(images, 32.0), 0.0, 255.0)


def train_and_measure(
    pixels: Array, labels: Array, *, epochs: int, folds: int, seed: int
) -> tuple[Weights, Array, dict[str, Any]]:
    """The weights from all pictures; log-odds of each by an eye that had not seen it; figures."""
    fold = np.random.default_rng(seed).permutation(len(labels)) % folds
    judged = np.zeros(len(labels), np.float32)
    for held_back in range(folds):
        rest = fold != held_back
        weights = train_eye(pixels[rest], labels[rest], epochs=epochs, seed=seed)
        judged[~rest] = eye_logit(weights.__getitem__, tf.constant(pixels[~rest])).numpy()
    told = {
        "label": "smears or name-calling (propaganda), not hate",
        "how": f"{folds}-fold cross-validation",
        "pictures": len(labels),
        "auroc": figures(labels, sigmoid(judged))["roc_auc"],
        "mean_reach_used": shown(np.abs(np.tanh(judged)).mean() * REACH),
    }
    return train_eye(pixels, labels, epochs=epochs, seed=seed), judged, told
