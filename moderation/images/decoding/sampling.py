"""Resizing by weights, a band of rows at a time: down first, then across."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from moderation.images.decoding.taps import Taps, taps

_FEW = 4
"""Taps up to which picking their rows costs less than a product of matrices."""
_TOGETHER = 24
"""Rows or columns of a product, which takes in all that lies between what its own need."""
_BAND_VALUES = 1 << 18
"""A mebibyte of floats stays near the core."""


def resized(image: Image.Image, resizer: str, *, height: int, width: int) -> Image.Image:
    """An RGB image of another size: rounded, what lies beyond black or white cut off.

    Args:
        image: RGB.
        resizer: one of ``taps``.
        height: of the result.
        width: of the result.
    """
    down = taps(resizer, source=image.height, size=height)
    across = taps(resizer, source=image.width, size=width)
    if down.width == across.width == 1:
        return Image.fromarray(np.asarray(image)[down.first][:, across.first])
    planes = _planes(image)
    result = np.empty((3, height, width), dtype=np.uint8)
    step = max(_TOGETHER, _BAND_VALUES // (3 * max(image.width, width)))
    for top in range(0, height, step):
        band = slice(top, min(top + step, height))
        levels = _across(_down(planes, down, band), across)
        np.rint(levels, out=levels)
        result[:, band] = np.clip(levels, 0, 255, out=levels)
    return Image.merge("RGB", [Image.fromarray(plane) for plane in result])


def _planes(image: Image.Image) -> NDArray[np.uint8]:
    """uint8 ``[3, height, width]``: sums over lines of one channel need no steps."""
    planes = np.empty((3, image.height, image.width), dtype=np.uint8)
    for at, plane in enumerate(planes):
        plane[:] = np.asarray(image.getchannel(at))
    return planes


def _down(planes: NDArray[np.uint8], windows: Taps, band: slice) -> NDArray[np.float32]:
    """Some rows of the result, of the original's width: float32 ``[3, rows, width]``."""
    first, weights = windows.first[band], windows.weights[band]
    if windows.width <= _FEW:
        total = planes[:, first] * weights[:, :1]
        for tap in range(1, windows.width):
            total += planes[:, first + tap] * weights[:, tap : tap + 1]
        return total
    rows = np.empty((3, len(first), planes.shape[2]), dtype=np.float32)
    for start in range(0, len(first), _TOGETHER):
        some = slice(start, start + _TOGETHER)
        low, high, matrix = _product(first[some], weights[some])
        np.matmul(matrix, planes[:, low:high].astype(np.float32), out=rows[:, some])
    return rows


def _across(rows: NDArray[np.float32], windows: Taps) -> NDArray[np.float32]:
    """``[3, rows, width]`` of the result's width."""
    size = len(windows.first)
    lines = rows.reshape(-1, rows.shape[2])
    result = np.empty((len(lines), size), dtype=np.float32)
    for start in range(0, size, _TOGETHER):
        some = slice(start, start + _TOGETHER)
        low, high, matrix = _product(windows.first[some], windows.weights[some])
        np.matmul(lines[:, low:high], matrix.T, out=result[:, some])
    return result.reshape(3, -1, size)


def _product(
    first: NDArray[np.int64], weights: NDArray[np.float32]
) -> tuple[int, int, NDArray[np.float32]]:
    """Some windows as a matrix over the pixels from the first to the last of them."""
    size, width = weights.shape
    low, high = int(first.min()), int(first.max()) + width
    matrix = np.zeros((size, high - low), dtype=np.float32)
    matrix[np.arange(size)[:, np.newaxis], first[:, np.newaxis] - low + np.arange(width)] = weights
    return low, high, matrix
