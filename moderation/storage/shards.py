"""Sharded sinks: rows into staged files, each with its row count and digest.

Files are staged under names of their own and take their final names at the commit, so a
bundle that an engine runs twice leaves a stray file in the staging area and nothing else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.utils.windowed_value import WindowedValue
from pydantic_core import to_json

from moderation.storage.bundle_end import at_end
from moderation.storage.files import DigestingFile

ROWS_PER_FILE = 250_000
_BUFFER_ROWS = 8_192

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table as tuples: many travel to the sink as one element."""

    columns: tuple[str, ...]
    values: list[tuple[Any, ...]]

    def __len__(self) -> int:
        return len(self.values)

    def cut(self, rows: int) -> tuple[Rows, Rows]:
        """The first ``rows``, and the rest."""
        return Rows(self.columns, self.values[:rows]), Rows(self.columns, self.values[rows:])


@dataclass(frozen=True, slots=True)
class Shard:
    """One staged file of a table."""

    table: str
    extension: str
    path: str
    rows: int
    bytes: int
    sha256: str


class TableWriter(Protocol):
    """Writes rows of one file."""

    def write(self, rows: list[Row]) -> None:
        """Append rows."""

    def write_rows(self, rows: Rows) -> None:
        """Append rows that are tuples."""

    def close(self) -> None:
        """Finish the file's content; the file itself is closed by its owner."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """What a table's files hold: Parquet by an Arrow schema, JSON Lines, or one JSON array."""

    table: str
    schema: pa.Schema | None = None
    array: bool = False
    """Without a schema: an element a line, with brackets around them."""

    @property
    def extension(self) -> str:
        """Suffix of the files, without the dot."""
        if self.schema is not None:
            return "parquet"
        return "json" if self.array else "jsonl"

    def writer(self, file: DigestingFile) -> TableWriter:
        """A writer into an open file."""
        if self.schema is not None:
            return _ParquetWriter(file, self.schema)
        return _ArrayWriter(file) if self.array else _JsonlWriter(file)


class _JsonlWriter:
    def __init__(self, file: DigestingFile) -> None:
        self._file = file

    def write(self, rows: list[Row]) -> None:
        self._file.write(b"".join(to_json(row) + b"\n" for row in rows))

    def write_rows(self, rows: Rows) -> None:
        self.write([dict(zip(rows.columns, values, strict=True)) for values in rows.values])

    def close(self) -> None:
        self._file.flush()


class _ArrayWriter(_JsonlWriter):
    """``[``, an element a line, ``]``."""

    def __init__(self, file: DigestingFile) -> None:
        super().__init__(file)
        self._before = b"[\n"

    def write(self, rows: list[Row]) -> None:
        for row in rows:
            self._file.write(self._before + to_json(row))
            self._before = b",\n"

    def close(self) -> None:
        self._file.write(b"[\n]\n" if self._before == b"[\n" else b"\n]\n")
        super().close()


class _ParquetWriter:
    def __init__(self, file: DigestingFile, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(file, schema, compression="zstd")

    def write(self, rows: list[Row]) -> None:
        if rows:
            self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))

    def write_rows(self, rows: Rows) -> None:
        by_name = dict(zip(rows.columns, zip(*rows.values, strict=True), strict=True))
        columns = [pa.array(by_name[field.name], field.type) for field in self._schema]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


class StagedFile:
    """One file being written: buffers rows, closes into a ``Shard``."""

    def __init__(self, layout: TableLayout, folder: str) -> None:
        path = f"{folder}/{layout.table}/{uuid.uuid4().hex}.{layout.extension}"
        self._layout = layout
        self._file = DigestingFile(path)
        self._writer = layout.writer(self._file)
        self._buffer: list[Row] = []
        self._held: Rows | None = None
        self.rows = 0

    def add(self, row: Row) -> None:
        """Append one row."""
        if self._held:
            self.flush()
        self._buffer.append(row)
        self.rows += 1
        if len(self._buffer) >= _BUFFER_ROWS:
            self.flush()

    def add_rows(self, rows: Rows) -> None:
        """Append many rows at once, in columns of the same names each time."""
        if self._buffer:
            self.flush()
        if self._held is None:
            self._held = Rows(rows.columns, [])
        self._held.values.extend(rows.values)
        self.rows += len(rows)
        if len(self._held) >= _BUFFER_ROWS:
            self.flush()

    def close(self) -> Shard:
        """Finish the file and say what it holds."""
        self.flush()
        self._writer.close()
        self._file.close()
        return Shard(
            table=self._layout.table,
            extension=self._layout.extension,
            path=self._file.path,
            rows=self.rows,
            bytes=self._file.bytes,
            sha256=self._file.sha256,
        )

    def flush(self) -> None:
        """Hand on what is buffered; a row group of Parquet ends here."""
        self._writer.write(self._buffer)
        if self._held:
            self._writer.write_rows(self._held)
        self._buffer, self._held = [], None


@dataclass(eq=False)
class WriteShards(beam.DoFn):
    """Rows (mappings, or many as ``Rows``) → ``Shard``s, at a bundle's end or at a full file's."""

    layout: TableLayout
    folder: str
    rows_per_file: int = ROWS_PER_FILE
    _open: StagedFile | None = field(default=None, init=False)

    def start_bundle(self) -> None:
        """Forget a file that a failed bundle left open."""
        self._open = None

    def process(self, given: Row | Rows) -> Iterator[Shard]:
        """Append what is given; full files come out."""
        if not isinstance(given, Rows):
            self._file().add(given)
        while isinstance(given, Rows) and given:
            file = self._file()
            some, given = given.cut(self.rows_per_file - file.rows)
            file.add_rows(some)
            if given:
                yield self._close()
        if self._open is not None and self._open.rows >= self.rows_per_file:
            yield self._close()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Close the last file."""
        if self._open is not None:
            yield at_end(self._close())

    def _file(self) -> StagedFile:
        if self._open is None:
            self._open = StagedFile(self.layout, self.folder)
        return self._open

    def _close(self) -> Shard:
        assert self._open is not None
        shard, self._open = self._open.close(), None
        return shard
