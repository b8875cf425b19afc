"""Adaptive average pooling of a feature map to any grid."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable("moderation")
class GridPooling(keras.layers.Layer):
    """``[batch, height, width, channels]`` → ``[batch, rows × columns, channels]``.

    Cell ``i`` of ``n`` averages from ``floor(i · size / n)`` to ``ceil((i + 1) · size / n)``,
    as PyTorch's ``AdaptiveAvgPool2d`` does, which MMBT was published with: any grid of any map.
    """

    def __init__(self, rows: int, columns: int, **options: Any) -> None:
        super().__init__(**options)
        self.rows = rows
        self.columns = columns

    def call(self, features: Any) -> Any:
        """Two products with averaging matrices."""
        down = keras.ops.convert_to_tensor(averaging(features.shape[1], self.rows))
        across = keras.ops.convert_to_tensor(averaging(features.shape[2], self.columns))
        down, across = (keras.ops.cast(each, features.dtype) for each in (down, across))
        pooled = keras.ops.einsum("rh,bhwc,kw->brkc", down, features, across)
        return keras.ops.reshape(pooled, (-1, self.rows * self.columns, features.shape[3]))

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """One row of cells."""
        return shape[0], self.rows * self.columns, shape[3]

    def get_config(self) -> dict[str, Any]:
        """The grid."""
        return {**super().get_config(), "rows": self.rows, "columns": self.columns}


def averaging(size: int, cells: int) -> Any:
    """float32 ``[cells, size]``: each row averages its cell."""
    matrix = np.zeros((cells, size), np.float32)
    for cell in range(cells):
        start, end = cell * size // cells, -(-(cell + 1) * size // cells)
        matrix[cell, start:end] = 1.0 / (end - start)
    return matrix
