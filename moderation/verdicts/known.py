"""Known judgements meet the distinct items before any is scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import apache_beam as beam

from moderation.records.items import Item
from moderation.runs.journal import Entry, Journal
from moderation.storage.input_files import InputFile
from moderation.verdicts.judgement import Judgement, Origin
from moderation.verdicts.known_index import KnownIndex
from moderation.verdicts.known_sources import KnownSources, queue_of, queued_texts, stored_verdicts
from schemas.card import Card

KNOWN, UNKNOWN = "known", "unknown"

Met = tuple[Item, Judgement | None]
"""An item, and what is known of it."""


@dataclass(eq=False)
class MeetIndex(beam.PTransform):
    """By an index on the local disk."""

    index: KnownIndex
    in_slice: int

    def expand(self, items: Any) -> Any:
        """Lists of ``Item``s to lists of ``Met``s."""
        return items | "LookUp" >> beam.ParDo(_LookUp(self.index, self.in_slice))


@dataclass(eq=False)
class _LookUp(beam.DoFn):
    """Asks about all items of a list at once."""

    index: KnownIndex
    in_slice: int

    def setup(self) -> None:
        self.index.open()

    def teardown(self) -> None:
        self.index.close()

    def process(self, items: list[Item]) -> Iterator[list[Met]]:
        found = self.index.find([item.content_key for item in items], in_slice=self.in_slice)
        yield [(item, found.get(item.content_key)) for item in items]


@dataclass(eq=False)
class MeetSources(beam.PTransform):
    """By a join, on any engine: what is known is read side by side and crosses a shuffle."""

    sources: KnownSources

    def expand(self, items: Any) -> Any:
        """Lists of ``Item``s to lists of ``Met``s."""
        card, runs = self.sources.card, self.sources.runs
        parts = [
            *(_JournalFile(self.sources.journal, path) for path in self.sources.journal.files()),
            *(
                _RunFile(f, run.path, at, card, queue_of(run))
                for at, run in enumerate(runs, 1)
                for f in run.verdict_files
            ),
        ]
        known = (
            items.pipeline
            | "KnownFiles" >> beam.Create(parts)
            | "ShareFiles" >> beam.Reshuffle()
            | "ReadKnown" >> beam.FlatMap(_read)
        )
        keyed = items | "KeyItems" >> beam.FlatMap(_keyed)
        return (
            {"items": keyed, "known": known}
            | "JoinKnown" >> beam.CoGroupByKey()
            | beam.FlatMap(_meet)
        )


@dataclass(frozen=True, slots=True)
class _JournalFile:
    journal: Journal
    path: str

    def read(self) -> Iterator[tuple[Entry, tuple[int, str, str]]]:
        for entry in self.journal.entries(self.path):
            yield entry, (0, "", "")


@dataclass(frozen=True, slots=True)
class _RunFile:
    file: InputFile
    run: str
    rank: int
    card: Card
    queue: tuple[InputFile, ...]

    def read(self) -> Iterator[tuple[Entry, tuple[int, str, str]]]:
        for batch in stored_verdicts(self.file, self.card, queued_texts(self.queue)):
            for entry, scored_in in batch:
                yield entry, (self.rank, scored_in, self.run)


def _read(part: _JournalFile | _RunFile) -> Iterator[tuple[str, tuple[int, str, str, bytes]]]:
    for (key, judgement), origin in part.read():
        yield key.hex(), (*origin, judgement)


def _keyed(items: list[Item]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for item in items:
        yield item.content_key, item.pack()


def _meet(joined: tuple[str, Mapping[str, Iterable[Any]]]) -> Iterator[list[Met]]:
    key, sides = joined
    packed = next(iter(sides["items"]), None)
    if packed is None:  # known, and not asked about tonight
        return
    best = min(sides["known"], default=None)
    item = Item.unpack(packed)
    if best is None:
        yield [(item, None)]
        return
    rank, scored_in, taken_from, stored = best
    origin = Origin(scored_in, taken_from) if rank else None
    try:
        yield [(item, replace(Judgement.of_stored(key, stored), origin=origin))]
    except ValueError:  # judged anew
        yield [(item, None)]
