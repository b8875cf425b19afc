"""A run in slices: what each leaves for the close is carried there on the local disk."""

from __future__ import annotations

import os
import pickle
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam

from moderation.audit.tally import Tally
from moderation.records.dead_letters.parents import Letters, added
from moderation.records.read import RowCount
from moderation.runs.close import StagedRun
from moderation.storage.shards import Shard

_SHARDS, _TALLY, _COUNTS = "shards", "tally", "counts"


@dataclass(eq=False)
class DepositSlice(beam.PTransform):
    """``StagedRun`` → files in a local folder, for ``SlicesStaged.take``."""

    folder: str

    def expand(self, staged: StagedRun) -> None:
        """See the class."""
        parts = {_SHARDS: staged.shards, _TALLY: staged.tally, _COUNTS: staged.counts}
        for name, values in {**parts, **staged.sides}.items():
            _ = values | f"Deposit/{name}" >> beam.ParDo(_Deposit(os.path.join(self.folder, name)))


@dataclass(eq=False)
class _Deposit(beam.DoFn):
    """Values of a bundle → one file."""

    folder: str
    _held: list[Any] = field(default_factory=list, init=False)

    def start_bundle(self) -> None:
        self._held = []

    def process(self, value: Any) -> None:
        self._held.append(value)

    def finish_bundle(self) -> None:
        if self._held:
            os.makedirs(self.folder, exist_ok=True)
            with open(os.path.join(self.folder, uuid.uuid4().hex), "wb") as file:
                pickle.dump(self._held, file, pickle.HIGHEST_PROTOCOL)


@dataclass(slots=True)
class SlicesStaged:
    """All slices so far, added up."""

    shards: list[list[Shard]] = field(default_factory=list)
    """By slice."""
    tally: Tally = field(default_factory=Tally)
    rows: Counter[str] = field(default_factory=Counter)
    """Read, by source."""
    letters: dict[str, Letters] = field(default_factory=dict)
    """Of earlier runs, among these rows."""
    sides: dict[str, list[Any]] = field(default_factory=dict)
    """What else slices left, by name."""

    @property
    def counts(self) -> list[RowCount]:
        """As the close wants them."""
        return [
            RowCount(source, rows, self.letters.get(source, ()))
            for source, rows in self.rows.items()
        ]

    def take(self, folder: str) -> int:
        """Add what a slice deposited, and delete it; how many rows it read."""
        found = {name: list(_taken(os.path.join(folder, name))) for name in os.listdir(folder)}
        self.shards.append(found.pop(_SHARDS, []))
        for tally in found.pop(_TALLY, []):
            self.tally.merge(tally)
        read = 0
        for count in found.pop(_COUNTS, []):
            self.rows[count.source] += count.rows
            read += count.rows
            if count.letters:
                former = self.letters.get(count.source, ())
                self.letters[count.source] = added(former, count.letters)
        self._add_sides(found)
        shutil.rmtree(folder)
        return read

    def of_table(self, table: str) -> list[list[str]]:
        """Paths of a table's staged files, by slice."""
        return [[s.path for s in shards if s.table == table] for shards in self.shards]

    def beside(self, table: str) -> list[Shard]:
        """Staged files of all other tables."""
        return [shard for shards in self.shards for shard in shards if shard.table != table]

    def _add_sides(self, found: Mapping[str, list[Any]]) -> None:
        for name, values in found.items():
            self.sides.setdefault(name, []).extend(values)


def _taken(folder: str) -> Iterator[Any]:
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            yield from pickle.load(file)  # a worker of this start wrote it
