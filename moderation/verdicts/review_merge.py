"""The review queue of a run in slices: a content that several slices have is one entry."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from pydantic_core import from_json

from moderation.storage import files

_BATCH_BYTES = 1 << 20


@dataclass(eq=False)
class MergeReviews(beam.DoFn):
    """Paths of staged entries by slice, in their order → entries, one a content.

    The first slice's entry stays, for it shows the first row; its ``copies`` are those of all. What
    waits lies in a file of ``folder``: in memory is a batch.
    """

    folder: str

    def process(self, slices: Sequence[Sequence[str]]) -> Iterator[dict[str, Any]]:
        """All of them, as one element."""
        path = os.path.join(self.folder, f"{uuid.uuid4().hex}.sqlite")
        with closing(sqlite3.connect(path, isolation_level=None)) as store:
            store.execute("PRAGMA journal_mode = OFF")
            store.execute("PRAGMA synchronous = OFF")
            store.execute(
                "CREATE TABLE entries (at INTEGER PRIMARY KEY, key TEXT UNIQUE, copies INTEGER, "
                "line BLOB)"
            )
            for paths in slices:
                for lines in _batches(paths):
                    _add(store, lines)
            for copies, line in store.execute("SELECT copies, line FROM entries ORDER BY at"):
                yield {**from_json(line), "copies": copies}
        os.remove(path)


def _batches(paths: Iterable[str]) -> Iterator[list[bytes]]:
    for path in paths:
        with files.open_read(path) as stream:
            while lines := stream.readlines(_BATCH_BYTES):
                yield lines


def _add(store: sqlite3.Connection, lines: list[bytes]) -> None:
    rows = []
    for line in lines:
        entry = from_json(line)
        rows.append((entry["content_key"], entry["copies"], line))
    store.execute("BEGIN")
    store.executemany(
        "INSERT INTO entries (key, copies, line) VALUES (?, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET copies = copies + excluded.copies",
        rows,
    )
    store.execute("COMMIT")
