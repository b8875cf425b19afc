"""Slices summed: first by item, so that one in many places is one; then by slice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.audit.keyed.members import Named, SliceBy
from moderation.audit.keyed.ranges import KeyedSum, Range, dealt, packed

_ROWS, _ITEMS, _FLAGS = 0, 1, 2
"""Columns of the counts of a slice; then each flag's items judged and raised, by turns."""


class SliceCounts(NamedTuple):
    """One slice."""

    name: Named
    rows: int
    items: int
    flags: tuple[tuple[int, int], ...]
    """Items judged and items raised, by flag."""


@dataclass(frozen=True, slots=True)
class ColumnPart:
    """One column in some ranges, summed."""

    slices: int = 0
    rows: int = 0
    small: int = 0
    small_rows: int = 0
    kept: tuple[SliceCounts, ...] = ()
    """Of those that are not small the largest."""

    def add(self, other: ColumnPart, *, most: int) -> ColumnPart:
        """Both."""
        return ColumnPart(
            self.slices + other.slices,
            self.rows + other.rows,
            self.small + other.small,
            self.small_rows + other.small_rows,
            tuple(sorted((*self.kept, *other.kept), key=_size)[:most]),
        )


def _size(counts: SliceCounts) -> tuple[Any, ...]:
    name = counts.name
    return -counts.items, -counts.rows, name.kind.value, name.text or ""


SlicesPart = tuple[ColumnPart, ...]
"""By column."""


@dataclass(frozen=True, slots=True)
class SumSlices(KeyedSum[SlicesPart]):
    """The packs of ``MemberItems`` → ``SlicesPart``."""

    by: SliceBy
    ranges: int

    def again(self, name: Range, packs: Iterable[Any]) -> Iterator[tuple[Range, bytes]]:
        """Ranges of items become ranges of slices: of an item and a slice one is counted."""
        columns, names = _joined(packs)
        if not columns:
            return
        items, codes, rows, judged, raised = columns
        order = np.lexsort((items, codes))
        items, codes, rows = items[order], codes[order], rows[order].astype(np.int64)
        first = np.r_[True, (codes[1:] != codes[:-1]) | (items[1:] != items[:-1])]
        starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
        counts = [np.add.reduceat(rows, starts), np.add.reduceat(first.astype(np.int64), starts)]
        for at in range(len(self.by.flags)):
            for bits in (judged, raised):
                has = (bits[order] >> np.uint64(at)) & np.uint64(1)
                counts.append(np.add.reduceat(has.astype(np.int64) * first, starts))
        by_code, table = codes[starts], np.stack(counts, axis=1)
        for at, some in dealt(by_code, self.ranges):
            named = {code: names[code] for code in by_code[some].tolist()}
            yield f"slices-{at}", packed((by_code[some], table[some], named))

    def part(self, name: Range, packs: Iterable[Any]) -> SlicesPart:
        """See ``KeyedSum``."""
        columns, names = _joined(packs)
        codes, table = columns
        order = np.argsort(codes, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(codes[order]) != 0])
        table = np.add.reduceat(table[order], starts, axis=0)
        named = [names[code] for code in codes[order][starts].tolist()]
        places = np.array([each.column for each in named])
        return tuple(
            self._column(np.flatnonzero(places == column), table, named)
            for column in range(len(self.by.columns))
        )

    def _column(
        self, places: NDArray[Any], table: NDArray[Any], named: Sequence[Named]
    ) -> ColumnPart:
        items, rows = table[places, _ITEMS], table[places, _ROWS]
        small = items < self.by.least_items
        large = places[~small]
        # Of equal size all are taken: their names decide.
        if len(large) > self.by.most:
            least = np.sort(table[large, _ITEMS])[-self.by.most]
            large = large[table[large, _ITEMS] >= least]
        kept = sorted((_counts(table[at], named[at]) for at in large.tolist()), key=_size)
        return ColumnPart(
            slices=len(places),
            rows=int(rows.sum()),
            small=int(small.sum()),
            small_rows=int(rows[small].sum()),
            kept=tuple(kept[: self.by.most]),
        )

    def total(self, parts: Iterable[SlicesPart]) -> SlicesPart:
        """See ``KeyedSum``."""
        totals = [ColumnPart() for _ in self.by.columns]
        for part in parts:
            for at, column in enumerate(part):
                totals[at] = totals[at].add(column, most=self.by.most)
        return tuple(totals)


def _counts(counts: NDArray[Any], name: Named) -> SliceCounts:
    flags = counts[_FLAGS:].reshape(-1, 2).tolist()
    pairs = tuple((judged, raised) for judged, raised in flags)
    return SliceCounts(name, int(counts[_ROWS]), int(counts[_ITEMS]), pairs)


def _joined(packs: Iterable[Any]) -> tuple[list[NDArray[Any]], dict[int, Named]]:
    """The arrays of all packs end to end, and their names."""
    arrays: list[tuple[NDArray[Any], ...]] = []
    names: dict[int, Named] = {}
    for *columns, some in packs:
        arrays.append(tuple(columns))
        names |= some
    return [np.concatenate(each) for each in zip(*arrays, strict=True)], names
