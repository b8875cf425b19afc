"""Columns that a run is sliced by, as they are asked for. Nothing heavy is imported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Unit(str, Enum):
    """How far times are told apart; all of them in UTC."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class SliceError(ValueError):
    """What was asked for is no list of columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column to slice by."""

    name: str
    unit: Unit | None = None
    """Of a time; None: each value is a slice."""

    def __str__(self) -> str:
        return f"{self.name}:{self.unit.value}" if self.unit else self.name


def parse_slices(text: str) -> tuple[Column, ...]:
    """``lang,created_at:day`` as columns.

    Raises:
        SliceError: a part is none, or comes twice.
    """
    found = tuple(map(_column, filter(None, map(str.strip, text.split(",")))))
    for column in found:
        if found.count(column) > 1:
            raise SliceError(f"{column} is named twice")
    return found


def _column(part: str) -> Column:
    name, colon, unit = part.rpartition(":")
    if not colon:
        return Column(part)
    units = [each.value for each in Unit]
    if unit not in units or not name:
        raise SliceError(
            f"{part!r}: write COLUMN, or of a column of times COLUMN:{'|'.join(units)}"
        )
    return Column(name, Unit(unit))
