"""Rows of Parquet, a row group at a time, a few megabytes of them in memory."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

from moderation.records.arrow_values import long_integers, plain_column
from moderation.records.class_labels import named
from moderation.records.parquet_footer import OpenParquet, open_bare, open_parquet
from moderation.records.rows import BadRow, RawRow
from schemas.codes import Code

_BATCH_ROWS = 1024
_BATCH_BYTES = 4 << 20
_SMALL_BYTES = 8
_SURELY = 2
"""Times the limit: a row group whose rows are larger on average is not unpacked to find out."""
_FEW_ROWS = 16
"""At once where a batch broke off: what lies before the damage is read."""

_logger = logging.getLogger(__name__)


def row_groups(stream: BinaryIO) -> tuple[list[int], int]:
    """Rows of each row group, and of the file, by its footer.

    Raises what pyarrow raises on a bad file, and ``ValueError`` where columns share a name.
    """
    file = open_parquet(stream).file
    names = file.schema_arrow.names
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"its schema repeats columns: {repeated[:5]}")
    footer = file.metadata
    groups = [footer.row_group(index).num_rows for index in range(footer.num_row_groups)]
    return groups, footer.num_rows


def parquet_rows(
    stream: BinaryIO,
    source: str,
    *,
    row_group: int,
    first_row: int,
    max_row_bytes: int,
    needed: Collection[str] | None = None,
) -> Iterator[RawRow | BadRow]:
    """Yield the rows of one row group; ``row`` counts from 1 over the file.

    A row group that breaks off, or gives fewer rows than the footer promises, ends with one
    ``BadRow`` without a row number that says how many are lost. A column that is not ``needed``
    and cannot be read is null from there on; None: all are needed.
    """
    opened = open_parquet(stream)
    footer = opened.file.metadata.row_group(row_group)
    row, due = first_row, first_row + footer.num_rows
    if _row_bytes(footer) > _SURELY * max_row_bytes:
        yield from (_too_large(source, number, max_row_bytes) for number in range(row, due))
        return
    why = "it holds fewer rows than the footer promises"
    try:
        for fields in _rows(opened, row_group):
            yield _sized(RawRow(source, row, fields), max_row_bytes)
            row += 1
    except Exception as error:  # whatever pyarrow makes of damaged pages
        why = _first_line(error)
        rest = _rest(stream, row_group, row - first_row, needed)
        try:
            for fields in rest:
                yield _sized(RawRow(source, row, fields), max_row_bytes)
                row += 1
        except Exception as final:  # a column that is needed, or the footer
            why = _first_line(final)
    if row < due:
        message = (
            f"row group {row_group} of {source} cannot be read from row {row:,} on, "
            f"{due - row:,} rows are lost: {why}"
        )
        yield BadRow(source, None, Code.UNREADABLE_FILE, message, lost=due - row)


def _rest(
    stream: BinaryIO, row_group: int, start: int, needed: Collection[str] | None
) -> Iterator[dict[str, Any]]:
    """The rows from ``start`` on, without the columns that cannot be read and are not needed.

    Some can be read by Parquet's own schema: pyarrow refuses its own lists of a fixed size where
    one of them is null.
    """
    opened, bare = open_parquet(stream), open_bare(stream)
    names = opened.file.schema_arrow.names
    riders: list[str] = [] if needed is None else [name for name in names if name not in needed]
    refused = [name for name in riders if not _can_read(opened, row_group, name)]
    by_parquet = [name for name in refused if _can_read(bare, row_group, name)]
    lost = [name for name in refused if name not in by_parquet]
    if lost:
        _logger.warning("columns %s of row group %d cannot be read: null", lost[:5], row_group)
    kept = [name for name in names if name not in refused]
    read = _rows(opened, row_group, kept, most=_FEW_ROWS)
    none: Iterator[dict[str, Any]] = itertools.repeat({})
    others = _rows(bare, row_group, by_parquet, most=_FEW_ROWS) if by_parquet else none
    for fields, more in itertools.islice(zip(read, others, strict=False), start, None):
        merged = {**fields, **more}
        yield {name: merged.get(name) for name in names}


def _can_read(opened: OpenParquet, row_group: int, name: str) -> bool:
    try:
        return all(True for _ in _rows(opened, row_group, [name]))
    except Exception:  # whatever pyarrow makes of damaged pages
        return False


def _rows(
    opened: OpenParquet,
    row_group: int,
    columns: list[str] | None = None,
    *,
    most: int = _BATCH_ROWS,
) -> Iterator[dict[str, Any]]:
    footer = opened.file.metadata.row_group(row_group)
    size = min(most, max(1, _BATCH_BYTES // max(1, _row_bytes(footer))))
    chosen = opened.file.iter_batches(batch_size=size, row_groups=[row_group], columns=columns)
    for batch in chosen:
        names = batch.schema.names
        cells = [
            _cells(opened, name, column) for name, column in zip(names, batch.columns, strict=True)
        ]
        for values in zip(*cells, strict=True):
            yield dict(zip(names, values, strict=True))


def _cells(opened: OpenParquet, name: str, column: Any) -> list[Any]:
    if name in opened.long_integers:
        return long_integers(column)
    names = opened.class_labels.get(name)
    return named(plain_column(column), names) if names else plain_column(column)


def _sized(row: RawRow, max_row_bytes: int) -> RawRow | BadRow:
    if sum(map(_size, row.fields.values())) <= max_row_bytes:
        return row
    return _too_large(row.source, row.row, max_row_bytes)


def _too_large(source: str, row: int, max_row_bytes: int) -> BadRow:
    message = f"the row is over {max_row_bytes:,} bytes: raise --max_row_mb"
    return BadRow(source, row, Code.ROW_TOO_LARGE, message)


def _row_bytes(footer: Any) -> int:
    """Of a row of a row group on average, unpacked, as the footer has it."""
    return int(footer.total_byte_size) // max(1, int(footer.num_rows))


def _size(value: Any) -> int:
    """Characters and bytes of a value, its names and inner values included; a number is small."""
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, dict):
        return sum(map(_size, value)) + sum(map(_size, value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(_size, value))
    return _SMALL_BYTES


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
