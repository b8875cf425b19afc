"""Rows of JSON Lines: one object a line, parsed by a parser with a depth limit."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import from_json

from moderation.records.lines import ByteStream, bounded_lines
from moderation.records.rows import BadRow, RawRow, raw_text
from schemas.codes import Code

_BOM = b"\xef\xbb\xbf"


def jsonl_rows(
    stream: ByteStream,
    source: str,
    *,
    max_row_bytes: int,
    first_row: int = 1,
    stop: int | None = None,
) -> Iterator[RawRow | BadRow]:
    """Yield a row per line that is not blank; ``row`` is the line's number.

    Integers keep every digit. Depth is limited by the parser (200), so no line recurses far.
    """
    lines = bounded_lines(stream, max_line_bytes=max_row_bytes, stop=stop)
    for row, (line, whole) in enumerate(lines, start=first_row):
        if row == 1 and line.startswith(_BOM):
            line = line[len(_BOM) :]
        if not line.strip():
            continue
        if not whole:
            yield BadRow(source, row, Code.ROW_TOO_LARGE, _too_large(max_row_bytes), raw_text(line))
            continue
        yield _parse(line, source, row)


def _parse(line: bytes, source: str, row: int) -> RawRow | BadRow:
    try:
        value = from_json(line, allow_inf_nan=False)
    except ValueError as error:
        deep = "recursion limit" in str(error)
        code = Code.TOO_DEEP if deep else Code.INVALID_JSON
        return BadRow(source, row, code, f"not a JSON object: {error}", raw_text(line))
    if not isinstance(value, dict):
        message = f"not a JSON object but {type(value).__name__}: each line must hold one object"
        return BadRow(source, row, Code.INVALID_JSON, message, raw_text(line))
    return RawRow(source, row, value)


def _too_large(max_row_bytes: int) -> str:
    return f"the line is over {max_row_bytes:,} bytes: raise --max_row_mb if it is meant to be"
