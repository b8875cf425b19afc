"""What is minimised, over logits and one-hot labels ``[batch, labels]``; Keras ships all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras

from schemas.recipe import LossSpec


def make_loss(spec: LossSpec, *, activation: Literal["softmax", "sigmoid"]) -> Any:
    """The Keras loss.

    ``class_weighted`` is cross-entropy whose examples are weighted (``class_weights``); ``focal``
    is cross-entropy times ``(1 - p)^gamma`` (Lin et al. 2017), without a weight of its own.
    """
    losses = keras.losses
    common = {"from_logits": True, "label_smoothing": spec.label_smoothing}
    if spec.name == "focal":
        if activation == "softmax":
            return losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=spec.gamma, **common)
        return losses.BinaryFocalCrossentropy(gamma=spec.gamma, **common)
    if activation == "softmax":
        return losses.CategoricalCrossentropy(**common)
    return losses.BinaryCrossentropy(**common)


def class_weights(counts: Sequence[int]) -> tuple[float, ...]:
    """Weight of each label: examples / (labels × examples of the label); 0 for one without any."""
    total, labels = sum(counts), sum(count > 0 for count in counts)
    return tuple(total / (labels * count) if count else 0.0 for count in counts)
