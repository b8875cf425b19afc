"""Known judgements on the local disk: found by content key, however many there are.

For a run in one process, or in processes of one machine. Each connection keeps 16 MiB in memory,
the rest is on disk, about 180 bytes an item. A batch comes sorted: so neighbours share a page.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from moderation.runs.journal import Entry
from moderation.verdicts.judgement import Judgement, Origin

_WAIT_S = 120.0
_KEYS_A_QUERY = 500
_PRAGMAS = (
    "PRAGMA journal_mode = OFF",  # it is made anew at each start
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -16384",  # KiB, of each connection
)
_TABLES = """
CREATE TABLE IF NOT EXISTS known (
    key BLOB PRIMARY KEY, origin INTEGER, slice INTEGER, judgement BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS origins (
    id INTEGER PRIMARY KEY, scored_in TEXT, taken_from TEXT, UNIQUE (scored_in, taken_from)
);
"""
_OWN = 0
"""The origin of what this run judged, in this start or an earlier one."""


@dataclass(eq=False)
class KnownIndex:
    """One connection to the index; several, of several processes, may be open. Picklable."""

    path: str
    _connection: sqlite3.Connection | None = field(default=None, init=False, repr=False)
    _origins: dict[int, Origin] = field(default_factory=dict, init=False, repr=False)

    def create(self) -> KnownIndex:
        """Make the file, and connect."""
        self._connect("rwc").executescript(_TABLES)
        return self

    def open(self) -> KnownIndex:
        """Connect.

        Raises:
            sqlite3.OperationalError: the file is gone; without it all would be judged anew.
        """
        self._connect("rw")
        return self

    def _connect(self, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{Path(self.path).absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_WAIT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        self._connection = connection
        return connection

    def close(self) -> None:
        """Disconnect; again is no harm."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __getstate__(self) -> str:
        return self.path

    def __setstate__(self, path: str) -> None:
        self.path, self._connection, self._origins = path, None, {}

    def __len__(self) -> int:
        [[count]] = self._db.execute("SELECT count(*) FROM known")
        return int(count)

    def add_own(self, entries: Iterable[Entry], *, in_slice: int | None = None) -> None:
        """Take down what this run judged; it goes before what others judged.

        Args:
            entries: of the run's journal, or of the slice that goes on.
            in_slice: of this start, where they were judged now.
        """
        rows = sorted((key, _OWN, in_slice, judgement) for key, judgement in entries)
        self._write("INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?)", rows)

    def add_reused(self, entries: Iterable[tuple[Entry, str]], *, taken_from: str) -> None:
        """Take down what a committed run has, each with the run that scored it.

        What is known already stays as it is.

        Args:
            entries: each with the id of the run that scored it.
            taken_from: path of the run that has them.
        """
        ids: dict[str, int] = {}
        rows = []
        for (key, judgement), scored_in in entries:
            if scored_in not in ids:
                ids[scored_in] = self._origin_id(Origin(scored_in, taken_from))
            rows.append((key, ids[scored_in], None, judgement))
        self._write("INSERT OR IGNORE INTO known VALUES (?, ?, ?, ?)", sorted(rows))

    def find(self, keys: Sequence[str], *, in_slice: int) -> dict[str, Judgement]:
        """The known judgements by content key, each marked as met in a slice.

        Asked again in the same slice it says the same.
        """
        found: dict[str, Judgement] = {}
        for start in range(0, len(keys), _KEYS_A_QUERY):
            some = sorted(map(bytes.fromhex, keys[start : start + _KEYS_A_QUERY]))
            found.update(self._find(some, in_slice))
        return found

    def _find(self, keys: list[bytes], in_slice: int) -> Iterator[tuple[str, Judgement]]:
        marks = ",".join("?" * len(keys))
        rows = self._db.execute(
            f"SELECT key, origin, slice, judgement FROM known WHERE key IN ({marks})", keys
        ).fetchall()
        new = [(in_slice, key) for key, _, met, _ in rows if met is None]
        if new:
            self._write("UPDATE known SET slice = ? WHERE key = ?", new)
        for key, origin, met, stored in rows:
            counted = met is not None and met < in_slice
            with suppress(ValueError):  # judged anew
                judgement = Judgement.of_stored(key.hex(), stored)
                yield (
                    key.hex(),
                    replace(judgement, origin=self._origin(origin), counted=counted),
                )

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(statement, rows)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _origin_id(self, origin: Origin) -> int:
        self._db.execute(
            "INSERT OR IGNORE INTO origins (scored_in, taken_from) VALUES (?, ?)", origin
        )
        [[number]] = self._db.execute(
            "SELECT id FROM origins WHERE scored_in = ? AND taken_from = ?", origin
        )
        return int(number)

    def _origin(self, number: int) -> Origin | None:
        if number == _OWN:
            return None
        if number not in self._origins:
            rows = self._db.execute("SELECT id, scored_in, taken_from FROM origins")
            self._origins = {each[0]: Origin(*each[1:]) for each in rows}
        return self._origins[number]

    @property
    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            raise RuntimeError("the index is not open")
        return self._connection
