"""Features brought to one scale by what the training examples' are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import keras
import numpy as np

_LEAST = 1e-6


@keras.saving.register_keras_serializable("moderation")
class Standardise(keras.layers.Layer):
    """Features less their mean, by their deviation, times a factor; neither learns."""

    def __init__(self, factor: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.factor = factor

    def build(self, shape: tuple[int | None, ...]) -> None:
        """A mean of 0 and a deviation of 1 until told otherwise."""
        size = (shape[-1],)
        self.mean = self.add_weight(size, "zeros", trainable=False, name="mean")
        self.deviation = self.add_weight(size, "ones", trainable=False, name="deviation")

    def call(self, features: Any) -> Any:
        """float ``[batch, dim]``."""
        ops = keras.ops
        mean, deviation = (ops.cast(each, features.dtype) for each in (self.mean, self.deviation))
        return (features - mean) / deviation * self.factor

    def get_config(self) -> dict[str, Any]:
        """The factor."""
        return {**super().get_config(), "factor": self.factor}


def settle(combine: Any, batches: Iterable[Mapping[str, Any]]) -> None:
    """Tells each ``Standardise`` in ``combine`` the mean and deviation of what it takes.

    Args:
        combine: ``keras.Model`` from features by name.
        batches: features of the training examples, as ``combine`` takes them; of images only
            those count that are there.
    """
    inputs = combine.input
    layers = {
        next(name for name, tensor in inputs.items() if tensor is layer.input): layer
        for layer in combine.layers
        if isinstance(layer, Standardise)
    }
    if not layers:
        return
    seen: dict[str, list[Any]] = {name: [] for name in layers}
    for batch in batches:
        for name, rows in seen.items():
            features = np.asarray(batch[name], np.float64)
            presence = batch.get(f"{name}_present")
            rows.append(features if presence is None else features[np.asarray(presence) > 0])
    for name, layer in layers.items():
        values = np.concatenate(seen[name])
        if len(values):
            layer.mean.assign(values.mean(axis=0))
            layer.deviation.assign(np.maximum(values.std(axis=0), _LEAST))
