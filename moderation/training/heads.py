"""The last layer: features to logits, one a label, float32 whatever the network computes in."""

from __future__ import annotations

from typing import Any

import keras


def logits(features: Any, *, labels: int) -> Any:
    """float ``[batch, dim]`` → float32 ``[batch, labels]``."""
    return keras.layers.Dense(labels, dtype="float32", name="logits")(features)
