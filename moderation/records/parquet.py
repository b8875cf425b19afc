"""Rows of Parquet, a row group at a time, a few hundred rows in memory."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Iterator
from typing import Any, BinaryIO

from moderation.records.rows import BadRow, RawRow
from schemas.codes import Code

_BATCH_ROWS = 256


def row_groups(stream: BinaryIO) -> list[int]:
    """Rows of each row group, by the file's footer. Raises what pyarrow raises on a bad file."""
    import pyarrow.parquet as pq

    footer = pq.ParquetFile(stream).metadata
    return [footer.row_group(index).num_rows for index in range(footer.num_row_groups)]


def parquet_rows(
    stream: BinaryIO, source: str, *, row_group: int, first_row: int, max_row_bytes: int
) -> Iterator[RawRow | BadRow]:
    """Yield the rows of one row group; ``row`` counts from 1 over the file.

    A row group that breaks off in the middle ends with one ``BadRow`` without a row number.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = first_row
    try:
        file = pq.ParquetFile(stream)
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, row_groups=[row_group]):
            for fields in _pylist(batch):
                if isinstance(fields, str):
                    yield BadRow(source, row, Code.INVALID_VALUE, fields)
                elif _size(fields) > max_row_bytes:
                    message = f"the row is over {max_row_bytes:,} bytes: raise --max_row_mb"
                    yield BadRow(source, row, Code.ROW_TOO_LARGE, message)
                else:
                    yield RawRow(source, row, fields)
                row += 1
    except (pa.ArrowException, OSError, ValueError, NotImplementedError, MemoryError) as error:
        message = f"row group {row_group} cannot be read from row {row} on: {_first_line(error)}"
        yield BadRow(source, None, Code.UNREADABLE_FILE, message)


def _pylist(batch: Any) -> Iterator[dict[str, Any] | str]:
    """Rows as plain values; a row that is not UTF-8, say, as the reason."""
    try:
        rows = batch.to_pylist()
    except (ValueError, OverflowError):
        for index in range(batch.num_rows):
            try:
                yield _plain_row(batch.slice(index, 1).to_pylist()[0])
            except (ValueError, OverflowError) as error:
                yield f"a value cannot be read: {_first_line(error)}"
        return
    for row in rows:
        yield _plain_row(row)


def _plain_row(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    """What JSON can say, and bytes; a float that is not a number is a null."""
    if value is None or isinstance(value, (str, bool, int, bytes)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    return str(value)


def _size(fields: dict[str, Any]) -> int:
    return sum(len(value) for value in fields.values() if isinstance(value, (str, bytes)))


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
