"""Rows that wait on the local disk: pieces of a file that can only be read from its start.

A packed file, a CSV or a JSON array is one span, however large. A local run that goes through its
input in slices reads such a file once and parks its rows in pieces of bounded size.
"""

from __future__ import annotations

import os
import pickle
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from moderation.records.rows import BadRow, RawRow
from moderation.records.spans import Span, read_span

_BATCH_ROWS, _BATCH_BYTES = 1_000, 4 << 20
_OTHER_BYTES = 32
"""Counted for a value that is neither text nor bytes."""


@dataclass(frozen=True, slots=True)
class ParkedRows:
    """A file of rows that were read already."""

    source: str
    """The file that they come from."""
    path: str
    rows: int

    def read(self) -> Iterator[RawRow | BadRow]:
        """The rows in their order; some of them in memory at a time."""
        with open(self.path, "rb") as file:
            while file.peek(1):
                yield from pickle.load(file)  # this process wrote it

    def delete(self) -> None:
        """Give the room back."""
        os.remove(self.path)


Part = Span | BadRow | ParkedRows
"""What is read in one go; what could not be planned is a bad row itself."""


def park_rows(
    rows: Iterable[RawRow | BadRow], *, source: str, folder: str, most: int, most_bytes: int
) -> Iterator[ParkedRows]:
    """Write rows to local files, each of bounded size, as they are asked for.

    Args:
        rows: in their order.
        source: the file that they come from.
        folder: a local one of this process's own.
        most: rows a piece.
        most_bytes: of a piece, a batch more or less.
    """
    left = iter(rows)
    first = next(left, None)
    while first is not None:
        piece = _Piece(os.path.join(folder, f"{uuid.uuid4().hex}.rows"))
        with piece:
            while first is not None and piece.rows < most and piece.bytes < most_bytes:
                piece.add(first)
                first = next(left, None)
        yield ParkedRows(source, piece.path, piece.rows)


class _Piece:
    """One file being written."""

    def __init__(self, path: str) -> None:
        self.path, self.rows, self.bytes = path, 0, 0
        self._file = open(path, "wb")  # noqa: SIM115
        self._batch: list[RawRow | BadRow] = []
        self._batch_bytes = 0

    def add(self, row: RawRow | BadRow) -> None:
        """Append a row; a full batch is written."""
        size = _about_bytes(row)
        self.rows += 1
        self.bytes += size
        self._batch.append(row)
        self._batch_bytes += size
        if len(self._batch) >= _BATCH_ROWS or self._batch_bytes >= _BATCH_BYTES:
            self._flush()

    def __enter__(self) -> _Piece:
        return self

    def __exit__(self, *_: object) -> None:
        with self._file:
            self._flush()

    def _flush(self) -> None:
        if self._batch:
            pickle.dump(self._batch, self._file, pickle.HIGHEST_PROTOCOL)
        self._batch, self._batch_bytes = [], 0


def _about_bytes(row: RawRow | BadRow) -> int:
    if isinstance(row, BadRow):
        return len(row.raw or "")
    return sum(len(v) if isinstance(v, (str, bytes)) else _OTHER_BYTES for v in row.fields.values())


def read_part(
    part: Part, *, max_row_bytes: int, needed: Collection[str] | None = None
) -> Iterator[RawRow | BadRow]:
    """The part's rows, as ``read_span`` gives them."""
    if isinstance(part, ParkedRows):
        return part.read()
    return read_span(part, max_row_bytes=max_row_bytes, needed=needed)
