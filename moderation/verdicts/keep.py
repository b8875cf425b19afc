"""Judgements are written down behind the model, in its own stage, so while the stage goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam

from moderation.audit.progress import progress
from moderation.runs.journal import Entry, Journal, JournalWriter
from moderation.verdicts.judgement import Judgement
from moderation.verdicts.known_index import KnownIndex


@dataclass(frozen=True, slots=True)
class SliceNotes:
    """What later slices of the same start must know of this one."""

    index: KnownIndex
    number: int

    def add(self, entries: list[Entry]) -> None:
        """Take down what was judged, or given up, now."""
        self.index.add_own(entries, in_slice=self.number)


@dataclass(eq=False)
class KeepJudgements(beam.DoFn):
    """Lists of ``Judgement``s → of each its content key and it packed; the scored into the journal.

    An item that failed is in no journal: the next start tries it again. Within one start it is
    settled, as in a run that is not cut into slices.
    """

    journal: Journal
    notes: SliceNotes | None = None
    _scored: JournalWriter = field(init=False)
    _settled: JournalWriter | None = field(default=None, init=False)

    def setup(self) -> None:
        """Open what later slices read."""
        if self.notes:
            self.notes.index.open()

    def teardown(self) -> None:
        """Close it."""
        if self.notes:
            self.notes.index.close()

    def start_bundle(self) -> None:
        """Forget what a failed bundle held."""
        self._scored = JournalWriter(self.journal.append)
        self._settled = JournalWriter(self.notes.add) if self.notes else None

    def process(self, some: list[Judgement]) -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
        """Hand the judgements on, and keep them."""
        progress.judged(len(some))
        kept = []
        for judgement in some:
            packed = judgement.pack()
            if self._settled or not judgement.failure:
                entry = Entry(bytes.fromhex(judgement.content_key), Judgement.stored_of(packed))
                if self._settled:
                    self._settled.add(entry)
                if not judgement.failure:
                    self._scored.add(entry)
            kept.append((judgement.content_key, packed))
        self._scored.tick()
        yield kept

    def finish_bundle(self) -> None:
        """Flush."""
        self._scored.flush()
        if self._settled:
            self._settled.flush()
