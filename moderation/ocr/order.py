"""Reading order: down one column and then the next, so that panels do not come out interleaved.

A strip that no line of several rows in a row reaches into parts columns, if what stands on its
sides stands side by side: two short lines, one below the other, are no columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from moderation.ocr.types import Line

STRIP, BESIDE = 0.3, 1.5
"""Width of a strip, and how far down lines stand beside each other, in heights of a line."""

_Strip = tuple[float, float]


def in_reading_order(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines as rows, in the order in which a person reads them; a row is read left to right."""
    if len(lines) < 3:  # two side by side are a row, or one is the first
        return _rows(lines)
    height = median(line.height for line in lines)
    rows, ordered = _rows(lines), list[list[Line]]()
    at = 0
    while at < len(rows):
        taken, columns = _columns(rows[at:], height)
        for column in columns:
            ordered += in_reading_order(column) if len(columns) > 1 else [column]
        at += taken
    return ordered


def _columns(rows: Sequence[list[Line]], height: float) -> tuple[int, list[list[Line]]]:
    """How many rows from the first on share columns, and these; one row as it is where none do."""
    strips: list[_Strip] = [(float("-inf"), float("inf"))]
    found = 1, [rows[0]]
    lines: list[Line] = []
    for taken, row in enumerate(rows, 1):
        strips = [each for each in _free(strips, row) if each[1] - each[0] >= STRIP * height]
        lines += row
        columns = [column for column in _apart(lines, strips) if column]
        if len(columns) == 1 and taken > found[0] > 1:
            break
        if len(columns) > 1 and all(
            _beside(*pair) >= BESIDE * height for pair in pairwise(columns)
        ):
            found = taken, columns
    return found


def _free(strips: Sequence[_Strip], row: Sequence[Line]) -> Iterator[_Strip]:
    """What a row leaves of strips from top to bottom."""
    for begin, end in strips:
        for line in sorted(row, key=lambda each: each.left):
            if line.right <= begin or line.left >= end:
                continue
            if line.left > begin:
                yield begin, line.left
            begin = max(begin, line.right)
        if begin < end:
            yield begin, end


def _apart(lines: Sequence[Line], strips: Sequence[_Strip]) -> Iterator[list[Line]]:
    """The lines between strips, from left to right."""
    for (_, begin), (end, _) in pairwise(sorted(strips)):
        yield [line for line in lines if line.left >= begin and line.right <= end]


def _beside(left: Sequence[Line], right: Sequence[Line]) -> float:
    """How far down two columns stand beside each other, in pixels."""
    top = max(min(line.top for line in side) for side in (left, right))
    return min(max(line.bottom for line in side) for side in (left, right)) - top


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines are a row where their middles lie within half a height."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda each: each.middle):
        row = rows[-1] if rows else []
        if row and line.middle - row[-1].middle < min(line.height, row[-1].height) / 2:
            row.append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda each: each.left) for row in rows]
