"""Bars and frames of one colour around a picture: with them it has another PDQ."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TOLERANCE = 24
"""Levels that a pixel of a border may be off its colour: JPEG leaves its marks there."""
_OFF_SHARE = 0.01
"""Of a line's pixels that may be off by more."""
_LEAST_LEFT = 0.3
"""Of either side that must be left: what remains of less is no picture with a border."""
_LEAST_CUT = 3
"""Lines in all; fewer change no hash."""


class Box(NamedTuple):
    """What is inside, in pixels."""

    top: int
    bottom: int
    left: int
    right: int


def without_borders(pixels: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """A picture without its uniform borders; None where it has none.

    Args:
        pixels: uint8 ``[height, width, 3]``, RGB.
    """
    height, width = pixels.shape[:2]
    box = _inside(pixels)
    high, wide = box.bottom - box.top, box.right - box.left
    if height - high + width - wide < _LEAST_CUT:
        return None
    if high < _LEAST_LEFT * height or wide < _LEAST_LEFT * width:
        return None
    return pixels[box.top : box.bottom, box.left : box.right]


def _inside(pixels: NDArray[np.uint8]) -> Box:
    """What is left when no side has a line of one colour: a bar may lie inside a frame."""
    box = Box(0, pixels.shape[0], 0, pixels.shape[1])
    while True:
        inner = pixels[box.top : box.bottom, box.left : box.right]
        if not inner.size:
            return box
        top, left = _lines(inner), _lines(inner.swapaxes(0, 1))
        if top == len(inner) or left == inner.shape[1]:
            return box  # of one colour throughout
        bottom, right = _lines(inner[::-1]), _lines(inner.swapaxes(0, 1)[::-1])
        if not top + bottom + left + right:
            return box
        box = Box(box.top + top, box.bottom - bottom, box.left + left, box.right - right)


def _lines(pixels: NDArray[np.uint8]) -> int:
    """How many of the first rows have the colour that the first one has throughout."""
    import numpy as np

    colour = np.median(pixels[0], axis=0).astype(np.int16)
    for at, row in enumerate(pixels):
        off = np.abs(row.astype(np.int16) - colour).max(axis=1) > _TOLERANCE
        if off.mean() > _OFF_SHARE:
            return at
    return len(pixels)
