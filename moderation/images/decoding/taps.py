"""Which pixels of a line count how much for each pixel of a resized one, by resizer.

Each is the arithmetic of its original, single precision where that is; ``sampling`` applies it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_CUBIC = -0.5
"""Keys' constant, as TensorFlow has it."""
_CUBIC_STEPS = 1024
"""TensorFlow reads the cubic's weights from a table of so many offsets."""
_GAUSSIAN_REACH = 4.0
"""Deviations after which a Gaussian is cut off."""

_Places = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Places on the line, ``[size, taps]``, some of them the same; and what each counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Taps:
    """For each pixel of the resized line a window on the original's."""

    first: NDArray[np.int64]
    """``[size]``: where it begins; it ends within the line."""
    weights: NDArray[np.float32]
    """``[size, width]``: what its pixels count."""

    @property
    def width(self) -> int:
        """Of each window, in pixels."""
        return int(self.weights.shape[1])


@lru_cache(maxsize=256)
def taps(resizer: str, *, source: int, size: int) -> Taps:
    """The windows of a line of ``source`` pixels that becomes one of ``size``.

    Raises:
        KeyError: no such resizer.
    """
    return _windows(*_RESIZERS[resizer](source, size), source=source)


def _windows(places: NDArray[np.int64], counts: NDArray[np.float64], *, source: int) -> Taps:
    first = places.min(axis=1)
    width = int((places.max(axis=1) - first).max()) + 1
    first = np.minimum(first, source - width)
    weights = np.zeros((len(first), width))
    rows = np.arange(len(first))[:, np.newaxis]
    np.add.at(weights, (rows, places - first[:, np.newaxis]), counts)
    return Taps(first, weights.astype(np.float32))


def _centres(source: int, size: int) -> NDArray[np.float32]:
    """Where the middle of each pixel lies on the original, in its pixels: ``float32 [size]``."""
    scale = np.float32(source) / np.float32(size)
    return np.asarray(
        (np.arange(size, dtype=np.float32) + np.float32(0.5)) * scale - np.float32(0.5)
    )


def _nearest(source: int, size: int) -> _Places:
    scale = np.float32(source) / np.float32(size)
    places = np.floor((np.arange(size, dtype=np.float32) + np.float32(0.5)) * scale)
    return np.minimum(places.astype(np.int64), source - 1)[:, np.newaxis], np.ones((size, 1))


def _bilinear(source: int, size: int) -> _Places:
    centres = _centres(source, size)
    below = np.floor(centres)
    share = (centres - below).astype(np.float64)
    places = below.astype(np.int64)[:, np.newaxis] + np.arange(2)
    return places.clip(0, source - 1), np.stack([1.0 - share, share], axis=1)


def _bicubic(source: int, size: int) -> _Places:
    """Pixels beyond the edge count nothing, and the others the more."""
    centres = _centres(source, size)
    below = np.floor(centres)
    share = np.rint((centres - below) * _CUBIC_STEPS) / _CUBIC_STEPS
    offsets = np.stack([share + 1, share, 1 - share, 2 - share], axis=1).astype(np.float64)
    places = below.astype(np.int64)[:, np.newaxis] + np.arange(-1, 3)
    counts = np.where((places < 0) | (places >= source), 0.0, _keys(offsets))
    return places.clip(0, source - 1), counts / counts.sum(axis=1, keepdims=True)


def _keys(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    near = ((_CUBIC + 2) * distance - (_CUBIC + 3)) * distance * distance + 1
    far = ((_CUBIC * distance - 5 * _CUBIC) * distance + 8 * _CUBIC) * distance - 4 * _CUBIC
    return np.where(distance <= 1, near, far)


def _area(source: int, size: int) -> _Places:
    """What of each pixel lies between the edges of the resized one."""
    scale = np.float32(source) / np.float32(size)
    edges = np.arange(size + 1, dtype=np.float32) * scale
    low, high = edges[:-1, np.newaxis].astype(np.float64), edges[1:, np.newaxis].astype(np.float64)
    places = np.floor(low).astype(np.int64) + np.arange(math.ceil(scale) + 1)
    counts = (np.minimum(places + 1, high) - np.maximum(places, low)).clip(0)
    return places.clip(0, source - 1), counts / np.float64(scale)


def _antialiased(
    kernel: Callable[[NDArray[np.float64]], NDArray[np.float64]], reach: float
) -> Callable[[int, int], _Places]:
    """A kernel as wide as what a resized pixel covers; it counts what lies on the line."""

    def places_of(source: int, size: int) -> _Places:
        scale = source / size
        wide = max(scale, 1.0)
        centres = (np.arange(size) + 0.5)[:, np.newaxis] * scale - 0.5
        first = np.ceil(centres - reach * wide).astype(np.int64)
        places = first + np.arange(math.floor(2 * reach * wide) + 1)
        counts = kernel(np.abs(places - centres) / wide)
        counts = np.where((places < 0) | (places >= source), 0.0, counts)
        return places.clip(0, source - 1), counts / counts.sum(axis=1, keepdims=True)

    return places_of


def _cubic(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(distance < 2, _keys(distance), 0.0)


def _blurred(source: int, size: int) -> _Places:
    """A Gaussian half as wide as what is left out, then bilinear; edges are mirrors."""
    scale = source / size
    deviation = max(0.0, (scale - 1) / 2)
    reach = int(_GAUSSIAN_REACH * deviation + 0.5)
    around = np.arange(-reach, reach + 1)
    bell = np.exp(-0.5 * (around / deviation) ** 2) if reach else np.ones(1)
    bell /= bell.sum()
    centres = (np.arange(size) + 0.5) * scale - 0.5
    below = np.floor(centres).astype(np.int64)
    share = centres - below
    ends = _mirrored(below[:, np.newaxis] + np.arange(2), source)
    places = _mirrored(ends[:, :, np.newaxis] + around, source)
    counts = np.stack([1.0 - share, share], axis=1)[:, :, np.newaxis] * bell
    return places.reshape(size, -1), counts.reshape(size, -1)


def _mirrored(places: NDArray[np.int64], source: int) -> NDArray[np.int64]:
    """Places beyond an end as far before it; the pixel at the end is not said twice."""
    if source == 1:
        return np.zeros_like(places)
    period = 2 * (source - 1)
    turned = np.abs(places) % period
    return np.asarray(np.minimum(turned, period - turned))


_RESIZERS: dict[str, Callable[[int, int], _Places]] = {
    "tf_nearest": _nearest,
    "tf_bilinear": _bilinear,
    "tf_bicubic": _bicubic,
    "tf_area": _area,
    "tf_bicubic_antialias": _antialiased(_cubic, 2.0),
    "torch_bicubic": _antialiased(_cubic, 2.0),
    "skimage": _blurred,
}
