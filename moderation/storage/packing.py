"""Rows travel in packs: many small rows under one key of a shuffle, compressed.

A join of a million rows with a million others costs an engine a key, a list and an envelope for
each of them. Here rows are dealt into buckets, a bucket's rows travel as a few compressed packs,
and the join happens inside the bucket: some thousand rows at a time, whatever the engine. Arrays
of numbers travel as they are.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import numpy as np
from apache_beam.utils.windowed_value import WindowedValue
from pydantic_core import from_json, to_json

from moderation.storage.bundle_end import at_end

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BUFFER_ROWS = 8_192
_BYTES_PER_BUCKET = 1 << 20
LEAST_BUCKETS = 16


@dataclass(frozen=True, slots=True)
class Pack:
    """Rows (anything JSON can say) as one compressed value."""

    data: bytes
    rows: int

    @classmethod
    def of(cls, rows: list[Any]) -> Pack:
        """Pack rows."""
        return cls(zlib.compress(to_json(rows), 1), len(rows))

    def open(self) -> list[Any]:
        """The rows."""
        rows: list[Any] = from_json(zlib.decompress(self.data))
        return rows


def open_all(packs: Iterable[Pack]) -> Iterator[Any]:
    """Rows of several packs, one pack in memory at a time."""
    for pack in packs:
        yield from pack.open()


def buckets_for(input_bytes: int) -> int:
    """How many buckets rows are dealt into: some thousand rows each, ``LEAST_BUCKETS`` at least."""
    return min(max(input_bytes // _BYTES_PER_BUCKET, LEAST_BUCKETS), 8_192)


def digest64(text: str) -> int:
    """64 evenly spread bits of a text."""
    data = text.encode("utf-8", errors="surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


def node_of(content_key: str) -> int:
    """A content as a number: the first 64 bits of its key."""
    return int(content_key[:16], 16)


@dataclass(eq=False)
class PackBy(beam.DoFn):
    """Elements → ``(key, Pack)``, where ``keyed`` makes ``(key, row)`` of an element."""

    keyed: Callable[[Any], tuple[Any, Any]]
    buffer_rows: int = _BUFFER_ROWS
    _held: dict[Any, list[Any]] = field(default_factory=dict, init=False)
    _held_rows: int = field(default=0, init=False)

    def start_bundle(self) -> None:
        """Forget what a failed bundle held."""
        self._held, self._held_rows = {}, 0

    def process(self, element: Any) -> Iterator[tuple[Any, Pack]]:
        """Hold the row; hand all packs on once many are held."""
        key, row = self.keyed(element)
        self._held.setdefault(key, []).append(row)
        self._held_rows += 1
        if self._held_rows >= self.buffer_rows:
            yield from self._packs()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Hand on what is held."""
        for keyed in self._packs():
            yield at_end(keyed)

    def _packs(self) -> Iterator[tuple[Any, Pack]]:
        held, self._held, self._held_rows = self._held, {}, 0
        for key, rows in held.items():
            yield key, Pack.of(rows)


def as_keyed(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    """For ``PackBy``: elements that are ``(key, row)`` already."""
    return pair


def dealt(
    rows: NDArray[np.void], by: NDArray[np.uint64], parts: int
) -> Iterator[tuple[int, bytes]]:
    """An array's rows as bytes by ``by % parts``; empty parts are left out."""
    part = by % np.uint64(parts)
    order = np.argsort(part, kind="stable")
    ends = np.searchsorted(part[order], np.arange(parts, dtype=np.uint64), side="right")
    start = 0
    for index, end in enumerate(ends):
        if end > start:
            yield index, rows[order[start:end]].tobytes()
        start = int(end)


def gathered(blobs: Iterable[bytes], dtype: Any) -> NDArray[Any]:
    """Arrays that came as bytes, as one."""
    return np.frombuffer(b"".join(blobs), dtype=dtype)
