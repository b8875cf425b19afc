"""Bars and frames of one colour around a picture: with them it has another PDQ.

Whether a border was laid around a picture or is its own nobody can tell, so what is inside is told
step by step: without a bar on one side, without all of the outermost colour, without the next.
"""

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
_LAYERS = 2


class Box(NamedTuple):
    """What is inside, in pixels."""

    top: int
    bottom: int
    left: int
    right: int


class _Side(NamedTuple):
    lines: int
    colour: tuple[int, ...]


def without_borders(pixels: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """What is inside a picture's uniform borders, step by step; nothing where it has none.

    Args:
        pixels: uint8 ``[height, width, 3]``, RGB.
    """
    height, width = pixels.shape[:2]
    whole = Box(0, height, 0, width)
    boxes: dict[Box, None] = {}
    outer = whole
    for _ in range(_LAYERS):
        sides = _sides(pixels, outer)
        longest = max(range(4), key=lambda side: sides[side].lines)
        same = [side for side in range(4) if sides[side].lines and _alike(sides, side, longest)]
        if not same:
            break
        if outer is whole and 1 < len(same) < 4:
            boxes |= {_cut(outer, sides, [side]): None for side in same}
        outer = _cut(outer, sides, same)
        boxes[outer] = None
    return [
        pixels[box.top : box.bottom, box.left : box.right]
        for box in boxes
        if _is_picture(box, whole)
    ]


def _is_picture(box: Box, whole: Box) -> bool:
    high, wide = box.bottom - box.top, box.right - box.left
    cut = whole.bottom - high + whole.right - wide
    return (
        cut >= _LEAST_CUT
        and high >= _LEAST_LEFT * whole.bottom
        and wide >= _LEAST_LEFT * whole.right
    )


def _cut(box: Box, sides: list[_Side], which: list[int]) -> Box:
    top, bottom, left, right = (sides[at].lines if at in which else 0 for at in range(4))
    return Box(box.top + top, box.bottom - bottom, box.left + left, box.right - right)


def _alike(sides: list[_Side], one: int, other: int) -> bool:
    colours = zip(sides[one].colour, sides[other].colour, strict=True)
    return all(abs(a - b) <= _TOLERANCE for a, b in colours)


def _sides(pixels: NDArray[np.uint8], box: Box) -> list[_Side]:
    """Top, bottom, left and right of what is in a box; where all of it is one colour, nothing."""
    inner = pixels[box.top : box.bottom, box.left : box.right]
    columns = inner.swapaxes(0, 1)
    found = [_lines(lines) for lines in (inner, inner[::-1], columns, columns[::-1])]
    whole = (len(inner), len(inner), len(columns), len(columns))
    if any(side.lines >= most for side, most in zip(found, whole, strict=True)):
        return [_Side(0, (0, 0, 0))] * 4
    return found


def _lines(pixels: NDArray[np.uint8]) -> _Side:
    """How many of the first rows have the colour that the first one has throughout."""
    import numpy as np

    if not pixels.size:
        return _Side(0, (0, 0, 0))
    colour = np.median(pixels[0], axis=0).astype(np.int16)
    told = tuple(colour.tolist())
    for at, row in enumerate(pixels):
        off = np.abs(row.astype(np.int16) - colour).max(axis=1) > _TOLERANCE
        if off.mean() > _OFF_SHARE:
            return _Side(at, told)
    return _Side(len(pixels), told)
