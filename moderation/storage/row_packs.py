"""Rows that cross a shuffle many at a time: dealt into buckets, a bucket's rows as packs of bytes.

A key of its own for each row costs an engine a key, a list, an envelope and a dozen steps for each;
a pack costs them once for hundreds of rows, and holds them compressed. The join or the search for
equals happens within a bucket.
"""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
import pyarrow as pa
from apache_beam.utils.windowed_value import WindowedValue

from moderation.storage.bundle_end import at_end

_SIZE_BYTES = 8
_CODEC = pa.Codec("zstd", compression_level=1)
_HELD_ROWS = 16_384

_BYTES_PER_BUCKET = 2 << 20
LEAST_BUCKETS, MOST_BUCKETS = 16, 4_096

KeyedPack = tuple[int, bytes]
"""A bucket, and some of its rows."""


def pack_rows(rows: Collection[Any]) -> bytes:
    """Rows, best plain tuples, as one compressed value.

    They are pickled, as an engine would pickle each: packs never leave the run that made them.
    """
    data = pickle.dumps([*rows], pickle.HIGHEST_PROTOCOL)
    compressed: bytes = _CODEC.compress(data, asbytes=True)
    return len(data).to_bytes(_SIZE_BYTES, "big") + compressed


def open_packs(packs: Iterable[bytes]) -> Iterator[Any]:
    """The rows of several packs, one pack in memory at a time."""
    for pack in packs:
        size = int.from_bytes(pack[:_SIZE_BYTES], "big")
        yield from pickle.loads(_CODEC.decompress(pack[_SIZE_BYTES:], size, asbytes=True))


def buckets_for(input_bytes: int) -> int:
    """How many buckets the contents of so much input are dealt into: some thousand rows each."""
    return min(max(input_bytes // _BYTES_PER_BUCKET, LEAST_BUCKETS), MOST_BUCKETS)


def bucket_of(content_key: str, buckets: int) -> int:
    """The bucket of a content: its key is evenly spread already."""
    return int(content_key[:12], 16) % buckets


@dataclass(eq=False)
class PackKeyed(beam.PTransform):
    """Lists of ``(content_key, row)``s → ``(bucket, pack)``s of the rows."""

    buckets: int

    def expand(self, keyed: Any) -> Any:
        """See the class."""
        return keyed | beam.ParDo(_Pack(self.buckets))


@dataclass(eq=False)
class _Pack(beam.DoFn):
    buckets: int
    _held: dict[int, list[Any]] = field(default_factory=dict, init=False)
    _rows: int = field(default=0, init=False)

    def start_bundle(self) -> None:
        self._held, self._rows = {}, 0

    def process(self, some: list[tuple[str, Any]]) -> Iterable[KeyedPack]:
        for key, row in some:
            self._held.setdefault(bucket_of(key, self.buckets), []).append(row)
        self._rows += len(some)
        return self._packs() if self._rows >= _HELD_ROWS else ()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        for pack in self._packs():
            yield at_end(pack)

    def _packs(self) -> Iterator[KeyedPack]:
        held, self._held, self._rows = self._held, {}, 0
        for bucket, rows in held.items():
            yield bucket, pack_rows(rows)
