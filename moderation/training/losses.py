"""What is minimised, over logits and one-hot labels ``[batch, labels]``; Keras ships all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras

from schemas.recipe import LossSpec


def make_loss(
    spec: LossSpec,
    *,
    activation: Literal["softmax", "sigmoid"],
    positive_weights: Sequence[float] | None = None,
) -> Any:
    """The Keras loss.

    ``class_weighted`` is cross-entropy whose examples are weighted (``class_weights``), with a
    sigmoid one whose labels weigh more where they hold (``positive_weights``); ``focal`` is
    cross-entropy times ``(1 - p)^gamma`` (Lin et al. 2017), without a weight of its own.
    """
    losses = keras.losses
    common = {"from_logits": True, "label_smoothing": spec.label_smoothing}
    if spec.name == "focal":
        if activation == "softmax":
            return losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=spec.gamma, **common)
        return losses.BinaryFocalCrossentropy(gamma=spec.gamma, **common)
    if activation == "softmax":
        return losses.CategoricalCrossentropy(**common)
    if positive_weights is not None:
        return _PositiveWeighted(positive_weights, spec.label_smoothing)
    return losses.BinaryCrossentropy(**common)


class _PositiveWeighted(keras.losses.Loss):
    """Binary cross-entropy in which a label that holds weighs as much as told; Keras has none."""

    def __init__(self, weights: Sequence[float], label_smoothing: float) -> None:
        super().__init__(name="positive_weighted")
        self._weights = list(weights)
        self._smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """float ``[batch]``: means over labels."""
        ops = keras.ops
        logits = ops.cast(y_pred, "float32")
        truth = ops.cast(y_true, "float32") * (1 - self._smoothing) + self._smoothing / 2
        there = truth * ops.softplus(-logits) * ops.convert_to_tensor(self._weights, "float32")
        return ops.mean(there + (1 - truth) * ops.softplus(logits), axis=-1)


def class_weights(counts: Sequence[int]) -> tuple[float, ...]:
    """Weight of each label: examples / (labels × examples of the label); 0 for one without any."""
    total, labels = sum(counts), sum(count > 0 for count in counts)
    return tuple(total / (labels * count) if count else 0.0 for count in counts)


def positive_weights(counts: Sequence[int], rows: int) -> tuple[float, ...]:
    """Weight of each label where it holds: rows without it / rows with it; 1 where none has it."""
    return tuple((rows - count) / count if count else 1.0 for count in counts)
