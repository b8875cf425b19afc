"""Rows of JSON Lines: one object a line, parsed by a parser with a depth limit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic_core import from_json

from moderation.records.extended_json import MARK, plain_value
from moderation.records.half_characters import mend_escapes, mend_utf8
from moderation.records.lines import ByteStream, bounded_lines
from moderation.records.rows import BadRow, RawRow, raw_text
from schemas.codes import Code

_BOM, _RECORD_SEPARATOR = b"\xef\xbb\xbf", b"\x1e"
_MARKS = (_BOM[:1], _RECORD_SEPARATOR)
"""What files that were joined, and JSON text sequences (RFC 7464), have before a record."""


def jsonl_rows(
    stream: ByteStream,
    source: str,
    *,
    max_row_bytes: int,
    first_row: int = 1,
    stop: int | None = None,
    columns: frozenset[str] | None = None,
) -> Iterator[RawRow | BadRow]:
    """Yield a row per line that is not blank; ``row`` is the line's number.

    Integers keep every digit. Depth is limited by the parser (200), so no line recurses far.
    """
    lines = bounded_lines(stream, max_line_bytes=max_row_bytes, stop=stop)
    for row, (line, whole) in enumerate(lines, start=first_row):
        if line[:1] in _MARKS:
            line = line.removeprefix(_BOM).removeprefix(_RECORD_SEPARATOR)
        if not line.strip():
            continue
        if not whole:
            yield too_large(source, row, line, max_row_bytes=max_row_bytes)
            continue
        yield parse_row(line, source, row, columns=columns)


def parse_row(
    text: bytes, source: str, row: int, *, columns: frozenset[str] | None = None
) -> RawRow | BadRow:
    """The row of one JSON object; NaN and infinities are null, half a character is U+FFFD.

    Extended JSON is plain: ``{"$oid": "…"}`` is its text.
    """
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        try:
            value = _lenient(text, error)
        except ValueError as final:
            deep = "recursion limit" in str(final)
            code = Code.TOO_DEEP if deep else Code.INVALID_JSON
            return BadRow(source, row, code, f"not a JSON object: {final}", raw_text(text))
    if MARK in text:
        value = plain_value(value)
    if not isinstance(value, dict):
        message = f"not a JSON object but {type(value).__name__}: each line must hold one object"
        return BadRow(source, row, Code.INVALID_JSON, message, raw_text(text))
    return RawRow(source, row, value, columns)


def json_columns(texts: Iterable[bytes]) -> frozenset[str] | None:
    """All keys that a file's first objects have; None where none of the texts is an object."""
    found = [row.fields for text in texts if isinstance(row := parse_row(text, "", 0), RawRow)]
    return frozenset(name for fields in found for name in fields) if found else None


def too_large(source: str, row: int, start: bytes, *, max_row_bytes: int) -> BadRow:
    """The row of an object over the cap, from its first bytes."""
    message = f"the row is over {max_row_bytes:,} bytes: raise --max_row_mb if it is meant to be"
    return BadRow(source, row, Code.ROW_TOO_LARGE, message, raw_text(start))


def _lenient(text: bytes, error: ValueError) -> Any:
    """What Python, pandas and Spark read too; raises the parser's first error where it is none."""
    if "recursion limit" in str(error):
        raise error
    try:
        return _finite(from_json(mend_escapes(mend_utf8(text)), allow_inf_nan=True))
    except ValueError:
        raise error from None


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return value
