"""One shard's rows on their way into files, pictures inside the Parquet rows.

A file that has grown large is followed by another. Where it ends is told by the rows alone, so the
same rows make the same files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.exports.images import Placed
from moderation.exports.set_labels import SetLabels, label_numbers
from moderation.exports.set_tables import SetTable, SetTables
from moderation.storage.files import is_remote
from moderation.storage.shards import Shard, StagedFile
from schemas.records import Kind

Row = dict[str, Any]

ROW_GROUP_BYTES = 32 << 20
FILE_BYTES = 400 << 20


@dataclass(slots=True)
class _OpenFile:
    file: StagedFile
    number: int
    pictures_bytes: int = 0
    unflushed_bytes: int = 0


@dataclass(slots=True)
class SetFiles:
    """The files of one shard, by table."""

    tables: SetTables
    labels: SetLabels
    folder: str
    """Where they are staged."""
    file_bytes: int = FILE_BYTES
    """Of pictures in a file, from which on it is followed by another."""
    _open: dict[SetTable, _OpenFile] = field(default_factory=dict)
    _closed: list[Shard] = field(default_factory=list)

    def add(self, kind: Kind, split: str, row: Row, images: Mapping[str, Placed]) -> None:
        """Append a row to its table, in every format.

        Args:
            kind: of the row.
            split: that it falls into.
            row: as JSON Lines have it; references lead to copies.
            images: by field; one that is not there is no picture to show.
        """
        names = self.labels[kind.value]
        numbers = label_numbers(row["label"], names, kind)
        spelled = [names[number] for number in numbers]
        several = kind in self.tables.several
        if self.tables.is_split:
            row = {**row, "split": split}
        for file_format in self.tables.formats:
            table = SetTable(kind, split, file_format)
            if file_format == "parquet":
                pictures = {name: picture(placed) for name, placed in images.items()}
                number = numbers if several else numbers[0]
                self._add_shown(table, {**row, **pictures, "label": number}, pictures)
            else:
                name = spelled if several else spelled[0]
                self._file(table).file.add({**row, "label": name})

    def close(self) -> Iterator[Shard]:
        """Finish every file."""
        yield from self._closed
        for opened in self._open.values():
            yield opened.file.close()

    def _add_shown(
        self, table: SetTable, row: Row, pictures: Mapping[str, dict[str, Any] | None]
    ) -> None:
        opened = self._file(table)
        if opened.pictures_bytes >= self.file_bytes:
            self._closed.append(opened.file.close())
            opened = self._next(table, number=opened.number + 1)
        opened.file.add(row)
        size = sum(len(shown["bytes"] or b"") for shown in pictures.values() if shown)
        opened.pictures_bytes += size
        opened.unflushed_bytes += size
        if opened.unflushed_bytes >= ROW_GROUP_BYTES:
            opened.file.flush()
            opened.unflushed_bytes = 0

    def _file(self, table: SetTable) -> _OpenFile:
        return self._open.get(table) or self._next(table, number=0)

    def _next(self, table: SetTable, *, number: int) -> _OpenFile:
        layout = self.tables.layout(table, self.labels)
        self._open[table] = _OpenFile(StagedFile(layout, f"{self.folder}/{number:05d}"), number)
        return self._open[table]


def picture(placed: Placed | None) -> dict[str, Any] | None:
    """An image as ``datasets`` has it: bytes, a path that leads there from anywhere, or null."""
    if placed is None or placed.reference is None:
        return None
    if placed.data is not None:
        return {"bytes": placed.data, "path": placed.reference}
    if is_remote(placed.reference) or os.path.isabs(placed.reference):
        return {"bytes": None, "path": placed.reference}
    return None
