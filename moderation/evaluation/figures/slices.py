"""Slices: the items that share a value of a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Coded:
    """A column with each value written once."""

    values: tuple[str | None, ...]
    """None: no value."""
    codes: NDArray[np.int32]
    """``[items]``: places in ``values``."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some items of a sample."""

    column: str
    value: str | None
    merged_values: int
    """Over 0: so many rarer values together."""
    rows: NDArray[np.int64]
    """Their places."""


def code(values: Sequence[str | None]) -> Coded:
    """Write each value of a column once, in the order of appearance."""
    places: dict[str | None, int] = {}
    codes = np.fromiter(
        (places.setdefault(value, len(places)) for value in values), np.int32, len(values)
    )
    return Coded(tuple(places), codes)


def slices_of(columns: Mapping[str, Sequence[str | None]], *, max_values: int) -> list[Slice]:
    """The slices of whole columns."""
    return [
        each
        for column, values in columns.items()
        for each in slices_of_coded(column, code(values), max_values=max_values)
    ]


def slices_of_coded(column: str, coded: Coded, *, max_values: int) -> list[Slice]:
    """A column's slices: the most frequent values by name, then the rest together."""
    rows = np.bincount(coded.codes, minlength=len(coded.values))
    ranked = sorted(
        range(len(coded.values)),
        key=lambda place: (-rows[place], coded.values[place] is None, coded.values[place] or ""),
    )
    named, rest = ranked[:max_values], ranked[max_values:]
    slices = [
        Slice(column, coded.values[place], 0, np.flatnonzero(coded.codes == place))
        for place in sorted(named, key=lambda p: (coded.values[p] is None, coded.values[p] or ""))
    ]
    if rest:
        slices.append(
            Slice(column, None, len(rest), np.flatnonzero(np.isin(coded.codes, np.array(rest))))
        )
    return slices
