"""A quote that nobody closed makes one record of many rows: telling them from a text of many lines.

A text may hold any number of lines, so their number says little. What tells is structure: the lines
that a stray quote swallowed are rows, each with as many cells as the header.
"""

from __future__ import annotations

import csv
import re

from moderation.records.columns import likely_columns
from moderation.records.csv_header import Header
from moderation.records.csv_lines import RecordLines

_FEWEST_LINES = 3
_DIGEST_CHARS = 8
_HEX = re.compile(r"[0-9A-Fa-f-]+")
_DIGITS = re.compile(r"[0-9]+")
_LAST_DIGITS = re.compile(r"[0-9]{1,20}(?=[^0-9]*\Z)")


def first_row_behind(lines: RecordLines, header: Header) -> int | None:
    """Of a record that failed, the lines that are its own; None where none looks like a row."""
    for place, line in enumerate(lines.texts()):
        if place and may_begin_a_row(line, header):
            return place
    return None


def swallowed_rows(cells: list[str], lines: RecordLines, header: Header) -> int:
    """How many rows a record of the right number of cells holds beside its own; 0 as a rule.

    Every line behind the first must be a row by itself, with an id of the same make as the record's
    own. Where these are few, they must count on from it too: texts may hold a table.
    """
    if lines.count < 2 or len(header.names) < 2:
        return 0
    place = _id_place(header)
    first, *rows = (_cells(line, header) for line in lines.texts())
    if any(len(row) != len(header.names) for row in rows):
        return 0
    ids = [*first[place : place + 1], *(row[place] for row in rows)]
    swallowed = len(rows) - (ids[-1] == cells[place])  # a text before its id ends in its own row
    if not swallowed:
        return 0
    if len({_make(each) for each in (cells[place], *ids)}) > 1 or not _has_digit(ids[-1]):
        return 0
    if lines.count <= _FEWEST_LINES and not _count_on(ids):
        return 0
    return swallowed


def may_begin_a_row(line: str, header: Header) -> bool:
    """Whether a line is a row, or the begin of one that goes on in the next line."""
    cells, width = _cells(line, header), len(header.names)
    return len(cells) == width or (1 < len(cells) < width and _is_open(line, header))


def _id_place(header: Header) -> int:
    names: list[str] = [name for name in ("id", "id_1") if name in header.names]
    names += likely_columns(("id",), header.names).values()
    return header.names.index(names[0]) if names else 0


def _make(text: str) -> str:
    """What an id is made of: ``meme_17`` and ``meme_4`` are alike, words with blanks are none."""
    if any(map(str.isspace, text)):
        return text
    if len(text) >= _DIGEST_CHARS and _HEX.fullmatch(text):
        return f"{len(text)} hex digits"
    return _DIGITS.sub("0", text)


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _count_on(ids: list[str]) -> bool:
    numbers = [int(found[0]) for found in map(_LAST_DIGITS.search, ids) if found]
    return numbers == list(range(numbers[0], numbers[0] + len(ids)))


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
