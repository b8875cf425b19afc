"""Rows that a committed run lost once they were items, found again by where they stand.

Their dead letters are read where one is asked for, into a file on the local disk: a night may have
lost any number of rows.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic_core import from_json

from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.items import Record
from moderation.runs.committed import RunError
from moderation.storage import files
from moderation.storage.input_files import InputFile
from schemas.codes import Code, Stage

_OF_ROWS = (Stage.READ.value, Stage.VALIDATE.value)
"""These are lost again by being read again."""
_TABLE = "CREATE TABLE lost (source TEXT, row INTEGER, stage, code, message, attempts, \
PRIMARY KEY (source, row)) WITHOUT ROWID"


@dataclass(eq=False)
class LostRows:
    """The dead letters of one run. Picklable; each process reads them for itself."""

    run: str
    """Path of the run."""
    letters: tuple[InputFile, ...]
    _found: sqlite3.Connection | None = field(default=None, init=False, repr=False)

    def __getstate__(self) -> tuple[str, tuple[InputFile, ...]]:
        return self.run, self.letters

    def __setstate__(self, state: tuple[str, tuple[InputFile, ...]]) -> None:
        self.run, self.letters = state
        self._found = None

    def letter(self, record: Record) -> DeadLetter:
        """What the run wrote of a row that has no verdict.

        Raises:
            RunError: the run has neither a verdict nor a dead letter of it.
        """
        if self._found is None:
            self._found = self._read()
        row = self._found.execute(
            "SELECT stage, code, message, attempts FROM lost WHERE source = ? AND row = ?",
            (record.source, record.row),
        ).fetchone()
        if row is None:
            raise RunError(
                f"{record.source}, row {record.row:,}: run {self.run} has neither a verdict nor a "
                "dead letter of it, so it cannot be decided anew: score it"
            )
        stage, code, message, attempts = row
        return DeadLetter.of(record, Code(code), message, stage=Stage(stage), attempts=attempts)

    def _read(self) -> sqlite3.Connection:
        handle, path = tempfile.mkstemp(suffix=".lost.sqlite")
        os.close(handle)
        made = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        os.unlink(path)  # it goes with the process, whatever ends that
        made.execute("PRAGMA journal_mode = OFF")
        made.execute("PRAGMA synchronous = OFF")
        made.execute(_TABLE)
        made.execute("BEGIN")
        made.executemany("INSERT OR REPLACE INTO lost VALUES (?, ?, ?, ?, ?, ?)", self._rows())
        made.execute("COMMIT")
        return made

    def _rows(self) -> Iterator[tuple[str, int, str, str, str, int]]:
        for file in self.letters:
            try:
                with files.open_read(file.path) as stream:
                    for letter in map(from_json, stream):
                        if letter["stage"] not in _OF_ROWS and letter["row"] is not None:
                            yield (
                                letter["source"],
                                letter["row"],
                                *(letter[name] for name in ("stage", "code", "message")),
                                letter["attempts"],
                            )
            except (OSError, ValueError, LookupError, TypeError) as error:
                why = (str(error).splitlines() or [type(error).__name__])[0]
                raise RunError(f"{file.path} cannot be read: {why}") from error
