"""Dead letters of an earlier run as input: the record inside is driven through again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moderation.records.layout import Layout
from moderation.records.rows import BadRow, RawRow
from schemas.codes import Code
from schemas.records import Kind, fields_of

_MARKS = frozenset({"run_id", "source", "row", "stage", "code", "retryable", "message", "record"})

_JUDGED = frozenset({"label", *(name for kind in Kind for name in fields_of(kind))})


def is_letter(fields: Mapping[str, Any]) -> bool:
    """Whether a row is a dead letter rather than a record."""
    return fields.keys() >= _MARKS


def open_letter(row: RawRow, layout: Layout) -> tuple[RawRow | BadRow, str]:
    """The record inside a dead letter, and the file it first came from.

    A letter that kept less than is judged cannot be driven again; what it lost of other columns is
    in no report anyway.
    Relative image paths are relative to that file, not to the letters.
    """
    letter = row.fields
    origin = str(letter["source"])
    needed = layout.columns_of(_JUDGED)
    lost = [name for name in letter.get("redacted") or () if name in needed]
    if lost:
        names = ", ".join(lost)
        return _bad(
            row,
            Code.REDACTED_RECORD,
            f"the letter kept no {names} (inline bytes or a URL's query string): "
            f"run its source again: {origin}, row {letter['row']}",
        ), origin
    record = letter["record"]
    if isinstance(record, dict):
        return RawRow(row.source, row.row, record), origin
    code = _code(letter["code"])
    message = f"driven again as it was: {letter['message']}"
    raw = record if isinstance(record, str) else None
    return BadRow(row.source, row.row, code, message, raw), origin


def _code(value: Any) -> Code:
    try:
        return Code(value)
    except ValueError:
        return Code.INVALID_VALUE


def _bad(row: RawRow, code: Code, message: str) -> BadRow:
    return BadRow(row.source, row.row, code, message)
