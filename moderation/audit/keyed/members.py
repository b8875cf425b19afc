"""Which slices an item's rows are in, on its way to where slices are summed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from pydantic_core import from_json

from moderation.audit.keyed.ranges import Range, dealt, packed
from moderation.audit.slice_columns import Column
from moderation.audit.slice_values import MOST_CHARS, Value, value_of
from schemas.slices import SliceKind

MOST_FLAGS = 63
"""That fit into a number's bits."""


@dataclass(frozen=True, slots=True)
class SliceBy:
    """What a run is sliced by. Picklable."""

    columns: tuple[Column, ...]
    flags: tuple[str, ...]
    """The policy's, ``MOST_FLAGS`` at most."""
    least_items: int = 30
    """Of a slice that is told and compared."""
    most: int = 200
    """Slices a column that are told."""


class Named(NamedTuple):
    """A slice by what it is called."""

    column: int
    """Its place in ``SliceBy.columns``."""
    kind: SliceKind
    text: str | None


@dataclass(slots=True)
class _Held:
    items: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    judged: list[int] = field(default_factory=list)
    raised: list[int] = field(default_factory=list)
    names: dict[int, Named] = field(default_factory=dict)
    by_text: dict[tuple[int, str], int] = field(default_factory=dict)
    """Codes of values that are texts, to read each but once."""


class MemberItems:
    """Holds items with their slices, until ``packs`` lets go of them."""

    def __init__(self, by: SliceBy, ranges: int) -> None:
        self._by = by
        self._ranges = ranges
        self._bits = {flag: 1 << at for at, flag in enumerate(by.flags)}
        self._held = _Held()

    def __len__(self) -> int:
        return len(self._held.items)

    def codes(self, extras: str) -> list[int]:
        """The slices of a row, one a column.

        Args:
            extras: the row's further columns, as JSON.
        """
        fields = from_json(extras) if len(extras) > 2 else {}
        return [self._code(at, column, fields) for at, column in enumerate(self._by.columns)]

    def _code(self, at: int, column: Column, fields: Mapping[str, Any]) -> int:
        raw = fields.get(column.name)
        known = self._held.by_text
        if not isinstance(raw, str):
            return self._named(at, value_of(fields, column))
        code = known.get((at, raw))
        if code is None:
            code = known[at, raw] = self._named(at, value_of(fields, column))
        return code

    def _named(self, at: int, value: Value) -> int:
        kind, text = value
        said = f"{at}\0{kind.value}\0{text or ''}".encode(errors="surrogatepass")
        code = int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big")
        self._held.names[code] = Named(at, kind, text and text[:MOST_CHARS])
        return code

    def add(self, item: int, slices: Mapping[int, int], flags: Mapping[str, bool]) -> None:
        """Hold an item.

        Args:
            item: the first 64 bits of its content key.
            slices: its rows by slice, as ``codes`` gave them since the last ``packs``.
            flags: of the item, raised or not.
        """
        held, judged, raised = self._held, 0, 0
        for flag, is_raised in flags.items():
            bit = self._bits[flag]
            judged |= bit
            raised |= bit if is_raised else 0
        for code, rows in slices.items():
            held.items.append(item)
            held.codes.append(code)
            held.rows.append(rows)
            held.judged.append(judged)
            held.raised.append(raised)

    def packs(self) -> Iterator[tuple[Range, bytes]]:
        """All that is held, by ranges of items."""
        held, self._held = self._held, _Held()
        items, codes = np.array(held.items, np.uint64), np.array(held.codes, np.uint64)
        rows = np.array(held.rows, np.uint32)
        judged, raised = np.array(held.judged, np.uint64), np.array(held.raised, np.uint64)
        for at, some in dealt(items, self._ranges):
            names = {code: held.names[code] for code in set(codes[some].tolist())}
            columns = (items[some], codes[some], rows[some], judged[some], raised[some])
            yield f"items-{at}", packed((*columns, names))
