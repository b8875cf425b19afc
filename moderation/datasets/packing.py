"""Rows travel in packs: many small rows under one key of a shuffle, compressed.

``export.packs`` says why. Here the key is given by who sends, and arrays of numbers travel as
they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import TaggedOutput
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from moderation.audit.tally import Tally
from moderation.datasets.export.packs import Pack, item_digest, open_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Pack", "PackByKey", "Tallying", "digest64", "node_of", "open_all", "windowed"]

TALLY = "tally"
_BUFFER_ROWS = 8_192
_BYTES_PER_BUCKET = 1 << 20


def buckets_for(input_bytes: int) -> int:
    """How many buckets rows are dealt into: some thousand rows each, sixteen at least."""
    return min(max(input_bytes // _BYTES_PER_BUCKET, 16), 8_192)


def digest64(text: str) -> int:
    """64 evenly spread bits of a text."""
    return item_digest(text)


def node_of(content_key: str) -> int:
    """A content as a number: the first 64 bits of its key."""
    return int(content_key[:16], 16)


def windowed(value: Any) -> WindowedValue:
    """A value that leaves at the end of a bundle."""
    window = GlobalWindow()
    return WindowedValue(value, window.max_timestamp(), [window])


class PackByKey(beam.DoFn):
    """``(key, row)`` → ``(key, Pack)``."""

    def __init__(self, *, buffer_rows: int = _BUFFER_ROWS) -> None:
        self._buffer_rows = buffer_rows
        self._held: dict[Any, list[Any]] = {}
        self._held_rows = 0

    def start_bundle(self) -> None:
        """Forget what a failed bundle held."""
        self._held, self._held_rows = {}, 0

    def process(self, keyed: tuple[Any, Any]) -> Iterator[tuple[Any, Pack]]:
        """Hold the row; hand all packs on once many are held."""
        key, row = keyed
        self._held.setdefault(key, []).append(row)
        self._held_rows += 1
        if self._held_rows >= self._buffer_rows:
            yield from self._packs()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Hand on what is held."""
        for keyed in self._packs():
            yield windowed(keyed)

    def _packs(self) -> Iterator[tuple[Any, Pack]]:
        held, self._held, self._held_rows = self._held, {}, 0
        for key, rows in held.items():
            yield key, Pack.of(rows)


class Tallying(beam.DoFn):
    """A DoFn with a tally, one a bundle under ``tally``."""

    def __init__(self) -> None:
        self._tally = Tally()

    def start_bundle(self) -> None:
        """A fresh tally, so that a retried bundle counts once."""
        self._tally = Tally()

    def finish_bundle(self) -> Iterator[TaggedOutput]:
        """The bundle's tally."""
        yield TaggedOutput(TALLY, windowed(self._tally))


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
