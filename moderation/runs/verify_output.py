"""One file of a run against its line in the manifest, and its rows against their schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel

from moderation.runs.books import KEYS, Key
from moderation.runs.copied_images import Copies
from moderation.runs.table_rows import (
    MODELS,
    SUFFIXES,
    Misfit,
    count_rows,
    read_rows,
    unreadable,
)
from moderation.storage import files
from schemas.manifest import OutputEntry
from schemas.policy import is_for_people
from schemas.verdicts import ReviewEntry, Verdict

_TOLD_ROWS = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was committed."""

    file: str
    """Relative to the run."""
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


def differs(what: str, *, expected: object, found: object) -> str:
    """A fault of two values, in words."""
    shown = [f"{each:,}" if isinstance(each, int) else each for each in (expected, found)]
    return f"{what} (expected {shown[0]}, found {shown[1]})"


@dataclass(slots=True)
class Counted:
    """What was found of a table, over all its files of one format."""

    rows: int = 0
    by_key: Counter[Key] = field(default_factory=Counter)
    for_review: int = 0
    """Verdicts that somebody is to look at; of the queue, the verdicts that its entries are for."""
    sound: bool = True
    """False: it has a fault of its own, and says nothing of the report."""


Tables = dict[str, dict[str, Counted]]
"""By name, as in ``verdicts`` or ``data/meme``, and by suffix: a set may have both formats."""


@dataclass(frozen=True, slots=True)
class OutputCheck:
    """Compares the outputs of one run."""

    run: str
    run_id: str
    copies: Copies

    def faults(self, entry: OutputEntry, table: Counted) -> Iterator[Fault]:
        """What is wrong with a file; what it holds is added to its table."""
        for what in self._whats(entry, table):
            table.sound = False
            yield Fault(entry.path, what)

    def _whats(self, entry: OutputEntry, table: Counted) -> Iterator[str]:
        path = f"{self.run}/{entry.path}"
        if ".." in entry.path.split("/") or entry.path.startswith("/"):
            yield "leads out of the run"
            return
        if not files.exists(path):
            yield f"is not there (expected {entry.bytes:,} bytes)"
            return
        try:
            sha256, size = files.digest(path)
        except OSError as error:
            yield f"cannot be read: {error}"
            return
        same = (sha256, size) == (entry.sha256, entry.bytes)
        if not same:
            yield differs(
                "other bytes than were committed",
                expected=f"{entry.bytes:,} of sha256 {entry.sha256[:16]}…",
                found=f"{size:,} of sha256 {sha256[:16]}…",
            )
        if entry.rows is None:
            return
        if not entry.path.endswith(SUFFIXES):
            yield "its rows cannot be counted: the name has no suffix of a table"
            return
        yield from self._rows(entry, table, decode=same)

    def _rows(self, entry: OutputEntry, table: Counted, *, decode: bool) -> Iterator[str]:
        """Rows are looked into where the bytes are those of the manifest, else counted alone."""
        path, folder = f"{self.run}/{entry.path}", entry.path.split("/")[0]
        model = MODELS.get(folder) if entry.path.endswith((".parquet", ".jsonl")) else None
        before = table.rows
        try:
            if model is None or not decode:
                table.rows += count_rows(path)
            else:
                yield from self._misfits(folder, path, model, table)
        except unreadable() as error:
            told = str(error).splitlines() or [type(error).__name__]
            yield f"breaks off behind row {table.rows - before:,}: {told[0]}"
            return
        if table.rows - before != entry.rows:
            yield differs("rows", expected=entry.rows, found=table.rows - before)

    def _misfits(
        self, folder: str, path: str, model: type[BaseModel], table: Counted
    ) -> Iterator[str]:
        bad = 0
        for number, row in enumerate(read_rows(path, model), start=1):
            table.rows += 1
            why = row.why if isinstance(row, Misfit) else self._of_another(row)
            if not isinstance(row, Misfit):
                count(table, folder, row)
            if why:
                bad += 1
                if bad <= _TOLD_ROWS:
                    yield f"row {number:,} does not fit {model.__name__}: {why}"
        if bad > _TOLD_ROWS:
            yield f"{bad - _TOLD_ROWS:,} further rows do not fit {model.__name__}"

    def _of_another(self, row: BaseModel) -> str | None:
        """Why a row cannot be this run's; None where it can."""
        run_id = getattr(row, "run_id", self.run_id)
        if run_id != self.run_id:
            return differs("run_id", expected=repr(self.run_id), found=repr(run_id))
        return self.copies.missing(row)


def count(table: Counted, folder: str, row: BaseModel) -> None:
    """Add a row to the counts by its table's columns of few values."""
    if columns := KEYS.get(folder):
        values = (getattr(row, column) for column in columns)
        key = tuple(getattr(value, "value", value) for value in values)
        table.by_key[key] += 1
    if isinstance(row, Verdict) and is_for_people(row.decision, row.reasons):
        table.for_review += 1
    elif isinstance(row, ReviewEntry):
        table.for_review += row.copies
