"""Rows of Parquet, a row group at a time, a few megabytes of them in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from moderation.records.arrow_values import long_integers, plain_column
from moderation.records.parquet_footer import OpenParquet, open_parquet
from moderation.records.rows import BadRow, RawRow
from schemas.codes import Code

_BATCH_ROWS = 1024
_BATCH_BYTES = 4 << 20


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
    stream: BinaryIO, source: str, *, row_group: int, first_row: int, max_row_bytes: int
) -> Iterator[RawRow | BadRow]:
    """Yield the rows of one row group; ``row`` counts from 1 over the file.

    A row group that breaks off, or gives fewer rows than the footer promises, ends with one
    ``BadRow`` without a row number that says how many are lost.
    """
    opened = open_parquet(stream)
    row, due = first_row, first_row + opened.file.metadata.row_group(row_group).num_rows
    why = "it holds fewer rows than the footer promises"
    try:
        for fields in _rows(opened, row_group):
            yield _sized(RawRow(source, row, fields), max_row_bytes)
            row += 1
    except Exception as error:  # whatever pyarrow makes of damaged pages
        why = _first_line(error)
    if row < due:
        message = (
            f"row group {row_group} of {source} cannot be read from row {row:,} on, "
            f"{due - row:,} rows are lost: {why}"
        )
        yield BadRow(source, None, Code.UNREADABLE_FILE, message, lost=due - row)


def _rows(opened: OpenParquet, row_group: int) -> Iterator[dict[str, Any]]:
    footer = opened.file.metadata.row_group(row_group)
    row_bytes = footer.total_byte_size // max(1, footer.num_rows)
    size = min(_BATCH_ROWS, max(1, _BATCH_BYTES // max(1, row_bytes)))
    for batch in opened.file.iter_batches(batch_size=size, row_groups=[row_group]):
        names = batch.schema.names
        columns = [
            long_integers(column) if name in opened.long_integers else plain_column(column)
            for name, column in zip(names, batch.columns, strict=True)
        ]
        for values in zip(*columns, strict=True):
            yield dict(zip(names, values, strict=True))


def _sized(row: RawRow, max_row_bytes: int) -> RawRow | BadRow:
    size = sum(len(value) for value in row.fields.values() if isinstance(value, (str, bytes)))
    if size <= max_row_bytes:
        return row
    message = f"the row is over {max_row_bytes:,} bytes: raise --max_row_mb"
    return BadRow(row.source, row.row, Code.ROW_TOO_LARGE, message)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
