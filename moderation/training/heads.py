"""The last layer: features to logits, one a label, float32 whatever the network computes in."""

from __future__ import annotations

from typing import Any

import keras


def logits(features: Any, *, labels: int, from_zero: bool = False) -> Any:
    """float ``[batch, dim]`` → float32 ``[batch, labels]``; ``from_zero``: all 0 at first."""
    begin = "zeros" if from_zero else "glorot_uniform"
    last = keras.layers.Dense(labels, kernel_initializer=begin, dtype="float32", name="logits")
    return last(features)
