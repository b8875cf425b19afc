"""Rows of CSV as RFC 4180 has it: header first, newlines inside quoted fields."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator

from moderation.records.lines import ByteStream, bounded_lines
from moderation.records.rows import BadRow, RawRow, raw_text
from schemas.codes import Code

_field_limit = threading.Lock()


def csv_rows(stream: ByteStream, source: str, *, max_row_bytes: int) -> Iterator[RawRow | BadRow]:
    """Yield a row per CSV record after the header; ``row`` counts records from 1.

    Bad quoting, a cell too many or too few, bytes that are not UTF-8 and a record over
    ``max_row_bytes`` each cost one row. Cells are strings; ids keep every digit.
    """
    _raise_field_limit(max_row_bytes)
    lines = _RecordLines(stream, max_row_bytes=max_row_bytes)
    reader = csv.reader(lines, strict=True)
    header: list[str] | None = None
    row = 0
    while True:
        lines.start_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLarge) as error:
            if header is None:
                message = f"the header cannot be read: {error}"
                yield BadRow(source, None, Code.UNREADABLE_FILE, message, lines.raw())
                return
            row += 1
            code = Code.ROW_TOO_LARGE if isinstance(error, _TooLarge) else Code.INVALID_CSV
            yield BadRow(source, row, code, str(error), lines.raw())
            if isinstance(error, _TooLarge):
                reader = csv.reader(lines, strict=True)
            continue
        if not cells:
            continue
        if header is None:
            problem = _header_problem(cells)
            if problem:
                yield BadRow(source, None, Code.UNREADABLE_FILE, problem, lines.raw())
                return
            header = cells
            continue
        row += 1
        yield _row(source, row, header, cells, lines)


def _row(
    source: str, row: int, header: list[str], cells: list[str], lines: _RecordLines
) -> RawRow | BadRow:
    if len(cells) != len(header):
        message = f"{len(cells)} cells where the header has {len(header)}"
        return BadRow(source, row, Code.INVALID_CSV, message, lines.raw())
    if not _is_utf8(cells):
        return BadRow(source, row, Code.INVALID_CSV, "bytes that are not UTF-8", lines.raw())
    return RawRow(source, row, dict(zip(header, cells, strict=True)))


def _header_problem(cells: list[str]) -> str | None:
    if not _is_utf8(cells) or any("\x00" in cell for cell in cells):
        return "the header is not UTF-8 text: is this a CSV file?"
    repeated = sorted({cell for cell in cells if cells.count(cell) > 1})
    if repeated:
        return f"the header repeats columns: {repeated[:5]}"
    return None


def _is_utf8(cells: list[str]) -> bool:
    return all(
        cell.isascii() or not any("\udc80" <= char <= "\udcff" for char in cell) for cell in cells
    )


def _raise_field_limit(max_row_bytes: int) -> None:
    """Let a field be as long as a row may; the limit is one number for the process."""
    with _field_limit:
        if csv.field_size_limit() < max_row_bytes:
            csv.field_size_limit(max_row_bytes)


class _TooLarge(Exception):
    pass


class _RecordLines:
    """Feeds ``csv.reader`` line by line and remembers the lines of the record at hand."""

    def __init__(self, stream: ByteStream, *, max_row_bytes: int) -> None:
        self._lines = bounded_lines(stream, max_line_bytes=max_row_bytes)
        self._max_row_bytes = max_row_bytes
        self._record: list[bytes] = []
        self._record_bytes = 0
        self._first = True

    def start_record(self) -> None:
        self._record, self._record_bytes = [], 0

    def raw(self) -> str:
        return raw_text(b"\n".join(self._record))

    def __iter__(self) -> _RecordLines:
        return self

    def __next__(self) -> str:
        line, whole = next(self._lines)
        if self._first:
            line, self._first = line.removeprefix(b"\xef\xbb\xbf"), False
        self._record.append(line)
        self._record_bytes += len(line)
        if not whole or self._record_bytes > self._max_row_bytes:
            raise _TooLarge(
                f"the record is over {self._max_row_bytes:,} bytes: is a quote left open? "
                "Raise --max_row_mb if it is meant to be so large"
            )
        return line.decode("utf-8", errors="surrogateescape") + "\n"
