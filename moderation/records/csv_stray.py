"""A quote that nobody closed makes one record of many rows: telling them from a text of many lines.

A text may hold any number of lines, so their number says little. What tells is structure: the lines
that a stray quote swallowed are rows, each with as many cells as the header.
"""

from __future__ import annotations

import csv

from moderation.records.csv_header import Header
from moderation.records.csv_lines import RecordLines

_FEWEST_LINES = 3


def first_row_behind(lines: RecordLines, header: Header) -> int | None:
    """Of a record that failed, the lines that are its own; None where none looks like a row."""
    for place, line in enumerate(lines.texts()):
        if place and may_begin_a_row(line, header):
            return place
    return None


def swallowed_rows(lines: RecordLines, header: Header) -> int:
    """How many rows a record of the right number of cells holds beside its own; 0 as a rule.

    Every line behind the first must be a row by itself, and begin with an id of the same make:
    digits where the record begins with digits, else a word without blanks.
    """
    if lines.count <= _FEWEST_LINES or len(header.names) < 2:
        return 0
    texts = lines.texts()
    numbered = "".join(_cells(next(texts), header)[:1]).isdigit()
    if all(_is_row(_cells(line, header), numbered, header) for line in texts):
        return lines.count - 1
    return 0


def may_begin_a_row(line: str, header: Header) -> bool:
    """Whether a line is a row, or the begin of one that goes on in the next line."""
    cells, width = _cells(line, header), len(header.names)
    return len(cells) == width or (1 < len(cells) < width and _is_open(line, header))


def _is_row(cells: list[str], numbered: bool, header: Header) -> bool:
    if len(cells) != len(header.names):
        return False
    first = cells[0]
    return first.isdigit() if numbered else bool(first) and not any(map(str.isspace, first))


def _is_open(line: str, header: Header) -> bool:
    try:
        list(header.reader([line]))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _cells(line: str, header: Header) -> list[str]:
    """The cells of one line, read leniently; a quote left open ends with the line."""
    try:
        return next(csv.reader([line], delimiter=header.separator), [])
    except csv.Error:
        return []
