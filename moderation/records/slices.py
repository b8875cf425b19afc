"""Inputs in slices: so many rows at a time as one process can hold, whatever the files are like."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from moderation.records.parked_rows import ParkedRows, Part, park_rows
from moderation.records.rows import BadRow
from moderation.records.spans import Span, plan_spans, read_span
from moderation.storage.input_files import Format, InputFile

_PACKED = 20
"""Bytes that a packed one may stand for, as text goes."""
_ROW_BYTES = 64
"""Of a short row, where only bytes are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slicing:
    """How inputs are cut."""

    rows: int
    """About so many a slice."""
    folder: str
    """A local one of this process's own: rows of files that cannot be cut are parked there."""
    max_row_bytes: int
    needed: Collection[str] | None = None
    """Columns without which a row says nothing; None: all."""
    max_bytes: int = 64 << 20
    """Of the text of a slice."""

    @property
    def span_bytes(self) -> int:
        """Of one span of a file of lines."""
        return min(4 << 20, max(1, self.rows * _ROW_BYTES))

    def __call__(self, files: Iterable[InputFile]) -> Iterator[tuple[Part, ...]]:
        """Cut the files, in their order; a piece of parked rows is made when it is asked for."""
        held: list[Part] = []
        rows = size = 0
        for file in files:
            for part in self._parts(file):
                more, bytes_more = _weight(part)
                if held and (rows + more > self.rows or size + bytes_more > self.max_bytes):
                    yield tuple(held)
                    held, rows, size = [], 0, 0
                held.append(part)
                rows, size = rows + more, size + bytes_more
        if held:
            yield tuple(held)

    def _parts(self, file: InputFile) -> Iterator[Part]:
        for span in plan_spans(file, span_bytes=self.span_bytes):
            if isinstance(span, BadRow) or self._fits(span):
                yield span
                continue
            yield from park_rows(
                read_span(span, max_row_bytes=self.max_row_bytes, needed=self.needed),
                source=span.source,
                folder=self.folder,
                most=self.rows,
                most_bytes=self.max_bytes,
            )

    def _fits(self, span: Span) -> bool:
        """Whether a span is not much more than a slice."""
        rows, size = _weight(span)
        return rows <= 1.5 * self.rows and size <= self.max_bytes


def _weight(part: Part) -> tuple[int, int]:
    """Rows and bytes of text that a part may hold."""
    if isinstance(part, BadRow):
        return 1, 0
    if isinstance(part, ParkedRows):
        return part.rows, 0
    file = part.file
    if file.format is Format.PICTURE:
        return 1, 0
    if file.format is Format.PARQUET:  # a row group's pages are read some megabytes at a time
        return part.rows or 0, 0
    size = file.bytes if part.stop is None else part.stop - part.start
    size *= _PACKED if file.compressed else 1
    return part.rows if part.rows is not None else size // _ROW_BYTES, size
