"""Rows of CSV as RFC 4180 has it: header first, newlines inside quoted fields."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator

from moderation.records.csv_header import SEPARATORS, BadHeader, Header, read_header
from moderation.records.csv_lines import RecordLines, RecordTooLarge
from moderation.records.csv_stray import first_row_behind, may_begin_a_row, swallowed_rows
from moderation.records.lines import ByteStream
from moderation.records.rows import BadRow, RawRow
from schemas.codes import Code

_field_limit = threading.Lock()


def csv_rows(stream: ByteStream, source: str, *, max_row_bytes: int) -> Iterator[RawRow | BadRow]:
    """Yield a row per CSV record after the header; ``row`` counts records from 1.

    Bad quoting, a cell too many or too few, bytes that are not UTF-8 and a record over
    ``max_row_bytes`` each cost one row. A quote that is left open costs the row it stands in:
    reading goes on with the first line behind it that looks like a row. Cells are strings; ids
    keep every digit.
    """
    _raise_field_limit(max_row_bytes)
    lines = RecordLines(stream, max_row_bytes=max_row_bytes)
    try:
        header = read_header(lines, separators=_separators(source))
    except (BadHeader, RecordTooLarge) as error:
        yield BadRow(source, None, Code.UNREADABLE_FILE, str(error), lines.raw())
        return
    if header is not None:
        yield from _rows(lines, source, header)


def _separators(source: str) -> tuple[str, ...]:
    """Those to try, the likeliest first: a name may speak of tabs."""
    if ".tsv" in source.rpartition("/")[2].lower():
        return "\t", *(each for each in SEPARATORS if each != "\t")
    return SEPARATORS


def _rows(lines: RecordLines, source: str, header: Header) -> Iterator[RawRow | BadRow]:
    reader = header.reader(lines)
    row = 0
    while True:
        lines.start_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, RecordTooLarge) as error:
            row += 1
            code = Code.INVALID_CSV if isinstance(error, csv.Error) else Code.ROW_TOO_LARGE
            ran_on = lines.count > 1
            yield _bad(lines, source, row, code, f"{error}{_go_back(lines, header)}")
            if ran_on and code is Code.ROW_TOO_LARGE:
                _pass_over(lines, header)
            reader = header.reader(lines)
            continue
        if not cells:
            continue
        row += 1
        problem = _problem(cells, lines, header)
        if problem:
            yield _bad(lines, source, row, Code.INVALID_CSV, problem)
        else:
            yield RawRow(source, row, _fields(cells, header))


def _problem(cells: list[str], lines: RecordLines, header: Header) -> str | None:
    """Why cells are no row; lines that belong to other rows are given back."""
    if len(cells) != len(header.names):
        told = f"{len(cells)} cells where the header has {len(header.names)}"
        return told + _go_back(lines, header)
    if not lines.is_utf8:
        return "bytes that are not UTF-8"
    if swallowed := swallowed_rows(cells, lines, header):
        lines.give_back(1)
        return (
            f"a quote that was opened here closes {swallowed:,} lines on, over lines that are rows "
            "themselves: this line is left out and reading goes on behind it"
        )
    return None


def _go_back(lines: RecordLines, header: Header) -> str:
    """Give back the lines behind a bad row, and say so."""
    ran_on = lines.count - 1
    own = first_row_behind(lines, header)
    if own is None:
        return ""
    lines.give_back(own)
    return (
        f"; a quote that was opened here ran on over {ran_on:,} further lines: reading goes on "
        f"{own:,} {'line' if own == 1 else 'lines'} behind"
    )


def _pass_over(lines: RecordLines, header: Header) -> None:
    """Leave out what is left of a text of many lines that was over the cap."""
    while True:
        lines.start_record()
        try:
            line = next(lines, None)
        except RecordTooLarge:
            continue
        if line is None or may_begin_a_row(line, header):
            lines.give_back(0)
            return


def _fields(cells: list[str], header: Header) -> dict[str, str]:
    fields = dict(zip(header.names, cells, strict=True))
    for name in header.nameless:
        if not fields[name]:
            del fields[name]
    return fields


def _bad(lines: RecordLines, source: str, row: int, code: Code, message: str) -> BadRow:
    return BadRow(source, row, code, message, lines.raw())


def _raise_field_limit(max_row_bytes: int) -> None:
    """Let a field be as long as a row may; the limit is one number for the process."""
    with _field_limit:
        if csv.field_size_limit() < max_row_bytes:
            csv.field_size_limit(max_row_bytes)
