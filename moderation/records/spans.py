"""Spans: parts of input files that can be read side by side, each knowing its first row."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from moderation.records.csv_rows import csv_rows
from moderation.records.json_values import head_values, holds_values, json_value_rows
from moderation.records.jsonl import json_columns, jsonl_rows
from moderation.records.lines import ByteStream, LineFeeds, blocks, line_feeds
from moderation.records.parquet import parquet_rows, row_groups
from moderation.records.picture_rows import picture_row
from moderation.records.rows import BadRow, RawRow
from moderation.storage.input_files import Format, InputFile
from moderation.storage.opening import open_bytes
from schemas.codes import Code

_log = logging.getLogger(__name__)
SPAN_BYTES = 16 << 20
_TAIL_BYTES = 1 << 16
_LONE_RETURN = re.compile(rb"[^\r\n]+\r[^\r\n]")
_HEAD_BYTES = 1 << 20

_FOREIGN = {
    b"\x1f\x8b": "gzip (a .gz name would say so)",
    **{b"BZh%d1AY&SY" % level: "bzip2 (a .bz2 name would say so)" for level in range(1, 10)},
    b"\x28\xb5\x2f\xfd": "zstd (a .zst name would say so)",
    b"\xfd7zXZ\x00": "xz (pack it with zstd, gzip or bzip2)",
    b"PAR1": "Parquet",
    b"PK\x03\x04": "a zip archive",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"%PDF": "a PDF",
    b"\xff\xfe": "UTF-16 text (save it as UTF-8)",
    b"\xfe\xff": "UTF-16 text (save it as UTF-8)",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``[start, stop)`` of a JSONL file, one row group of a Parquet file, or a whole file."""

    file: InputFile
    first_row: int = 1
    start: int = 0
    stop: int | None = None
    row_group: int = 0
    values: bool = False
    """Whether the file is a JSON array, or objects over several lines."""
    returns: bool = False
    """Whether carriage returns alone end its lines."""
    columns: frozenset[str] | None = None
    """Of a JSON file: those of its first rows, one of which need not have them all; None: there
    is no whole row among the first bytes."""
    rows: int | None = None
    """At most; None where only reading tells."""

    @property
    def source(self) -> str:
        """The file's path, as rows have it."""
        return self.file.path


def plan_spans(file: InputFile, *, span_bytes: int = SPAN_BYTES) -> Iterator[Span | BadRow]:
    """Cut a file into spans; JSONL is scanned once for line ends so that rows keep their numbers.

    A file that cannot be opened as what its name claims yields one ``BadRow`` and no span.
    """
    if file.format is Format.PICTURE:
        yield Span(file, rows=1)
        return
    try:
        with open_bytes(file.path, compression=file.compression) as stream:
            if file.format is Format.PARQUET:
                yield from _row_group_spans(file, stream)
                return
            head = _head(stream)
            if file.compressed and not file.bytes:
                yield _unreadable(file, "it is empty, which no packed file is")
            elif foreign := _foreign(head):
                yield _unreadable(file, f"it is {foreign}, not {file.format.value}")
            elif _LONE_RETURN.match(head):
                values = file.format is Format.JSONL and holds_values(line_feeds(head))
                yield Span(file, values=values, returns=True, rows=_rows_in(head))
            elif file.format is not Format.JSONL:
                yield Span(file, rows=_rows_in(head))
            elif holds_values(head):
                columns = json_columns(head_values(head))
                yield Span(file, values=True, columns=columns, rows=_rows_in(head))
            else:
                columns = json_columns(head.splitlines())
                if not file.splittable or file.bytes <= span_bytes:
                    yield Span(file, columns=columns, rows=_rows_in(head))
                    return
                stream.seek(0)
                for span in _line_spans(file, stream, span_bytes):
                    yield replace(span, columns=columns)
    except Exception as error:  # whatever a filesystem or a decoder raises: this file is lost
        yield _unreadable(file, _reason(error))


def read_span(
    span: Span | BadRow, *, max_row_bytes: int, needed: Collection[str] | None = None
) -> Iterator[RawRow | BadRow]:
    """Yield the span's rows; what breaks off in the middle ends with one file-level ``BadRow``.

    Args:
        span: to read; the part of a file that could not be planned is a bad row itself.
        max_row_bytes: a longer row is a bad one.
        needed: columns without which a row says nothing; None: all.
    """
    if isinstance(span, BadRow):
        yield span
        return
    file = span.file
    if file.format is Format.PICTURE:
        yield _with_partition(picture_row(file), file)
        return
    row: int | None = None
    try:
        with open_bytes(file.path, compression=file.compression) as stream:
            for found in _rows(span, stream, max_row_bytes, needed):
                row = found.row
                yield _with_partition(found, file)
    except Exception as error:  # as above; rows already out stay out
        where = f"after row {row}" if row else "at its start"
        yield _unreadable(file, f"it breaks off {where}: {_reason(error)}")


def _rows(
    span: Span, stream: BinaryIO, max_row_bytes: int, needed: Collection[str] | None
) -> Iterator[RawRow | BadRow]:
    path = span.file.path
    lines: ByteStream = LineFeeds(stream) if span.returns else stream
    if span.file.format is Format.CSV:
        return csv_rows(lines, path, max_row_bytes=max_row_bytes)
    if span.file.format is Format.PARQUET:
        return parquet_rows(
            stream,
            path,
            row_group=span.row_group,
            first_row=span.first_row,
            max_row_bytes=max_row_bytes,
            needed=needed,
        )
    if span.values:
        return json_value_rows(lines, path, max_row_bytes=max_row_bytes, columns=span.columns)
    if span.start:
        stream.seek(span.start)
    stop = None if span.stop is None else span.stop - span.start
    return jsonl_rows(
        lines,
        path,
        max_row_bytes=max_row_bytes,
        first_row=span.first_row,
        stop=stop,
        columns=span.columns,
    )


def _with_partition(found: RawRow | BadRow, file: InputFile) -> RawRow | BadRow:
    """The row with what its folders say; a key never replaces a column that the row has."""
    if not file.partition or isinstance(found, BadRow):
        return found
    more = {name: value for name, value in file.partition if name not in found.fields}
    return RawRow(found.source, found.row, {**found.fields, **more}, found.columns)


def _row_group_spans(file: InputFile, stream: BinaryIO) -> Iterator[Span | BadRow]:
    first_row = 1
    groups, promised = row_groups(stream)
    for index, rows in enumerate(groups):
        yield Span(file, first_row=first_row, row_group=index, rows=rows)
        first_row += rows
    if missing := promised - sum(groups):
        why = f"its footer promises {promised:,} rows, its row groups hold {sum(groups):,}"
        yield _unreadable(file, why, lost=max(missing, 1))


def _line_spans(file: InputFile, stream: BinaryIO, span_bytes: int) -> Iterator[Span]:
    start, row = 0, 1
    while block := stream.read(span_bytes):
        stop, lines = start + len(block), block.count(b"\n")
        while not block.endswith(b"\n") and (tail := stream.read(_TAIL_BYTES)):
            end = tail.find(b"\n") + 1
            block = tail[:end] if end else tail
            stop += len(block)
            lines += 1 if end else 0
        yield Span(file, first_row=row, start=start, stop=stop, rows=lines + 1)
        start, row = stop, row + lines
        stream.seek(start)


def _head(stream: BinaryIO) -> bytes:
    """The first bytes; of packed data that break off, those before."""
    found: list[bytes] = []
    try:
        found.extend(blocks(stream, stop=_HEAD_BYTES))
    except Exception:  # whatever a decoder raises; reading the span meets it again
        if not found:
            raise
    return b"".join(found)


def _rows_in(head: bytes) -> int | None:
    """At most so many rows, where the first bytes are all there are."""
    if len(head) >= _HEAD_BYTES:
        return None
    return 1 + max(head.count(each) for each in (b"\n", b"\r", b"{"))


def _foreign(head: bytes) -> str | None:
    return next((what for magic, what in _FOREIGN.items() if head.startswith(magic)), None)


def _unreadable(file: InputFile, why: str, *, lost: int | None = None) -> BadRow:
    message = f"{file.path} cannot be read as {file.format.value}: {why}"
    _log.warning("%s", message)
    return BadRow(file.path, None, Code.UNREADABLE_FILE, message, lost=lost)


def _reason(error: BaseException) -> str:
    text = (str(error).strip().splitlines() or [""])[0][:300]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
