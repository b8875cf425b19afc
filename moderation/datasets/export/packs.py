"""Packs: many small rows under one key of a shuffle, compressed.

A join of a million rows with a million others costs an engine a key, a list and an envelope for
each of them. Here rows are dealt into buckets by their item id, a bucket's rows travel as a few
compressed packs, and the join happens inside the bucket: some thousand rows at a time, whatever
the engine. Buckets are counted from the rows that the manifests announce, so they stay small.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue
from pydantic_core import from_json, to_json

ROWS_PER_BUCKET = 4096
_BUFFER_ROWS = 65_536


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


def buckets_for(rows: int) -> int:
    """How many buckets so many rows are dealt into."""
    return max(1, -(-rows // ROWS_PER_BUCKET))


def bucket_of(item_id: str, buckets: int) -> int:
    """The bucket of an item: the same for every table, engine and order."""
    return item_digest(item_id) % buckets


def item_digest(item_id: str) -> int:
    """64 evenly spread bits of an item's id."""
    data = item_id.encode("utf-8", errors="surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


class PackRows(beam.DoFn):
    """``(item_id, row)`` → ``(bucket, Pack)``."""

    def __init__(self, buckets: int, *, buffer_rows: int = _BUFFER_ROWS) -> None:
        self._buckets = buckets
        self._buffer_rows = buffer_rows
        self._held: dict[int, list[Any]] = {}
        self._held_rows = 0

    def start_bundle(self) -> None:
        """Forget what a failed bundle held."""
        self._held, self._held_rows = {}, 0

    def process(self, keyed: tuple[str, Any]) -> Iterator[tuple[int, Pack]]:
        """Hold the row; hand all packs on once many are held."""
        item_id, row = keyed
        self._held.setdefault(bucket_of(item_id, self._buckets), []).append(row)
        self._held_rows += 1
        if self._held_rows >= self._buffer_rows:
            yield from self._packs()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Hand on what is held."""
        window = GlobalWindow()
        for keyed in self._packs():
            yield WindowedValue(keyed, window.max_timestamp(), [window])

    def _packs(self) -> Iterator[tuple[int, Pack]]:
        held, self._held, self._held_rows = self._held, {}, 0
        for bucket, rows in held.items():
            yield bucket, Pack.of(rows)
