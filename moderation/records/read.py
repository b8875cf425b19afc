"""Beam transforms that read: files in, records and rejections out, every row counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from moderation.audit.progress import progress
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.dead_letters.parents import CountLetters
from moderation.records.items import Item, Record
from moderation.records.layout import FIELDS
from moderation.records.parked_rows import Part, read_part
from moderation.records.spans import plan_spans
from moderation.records.validate import Validator
from moderation.storage.input_files import InputFile

Packed = tuple[Any, ...]

RECORDS, ITEMS, REJECTED, COUNTS = "records", "items", "rejected", "counts"


@dataclass(frozen=True, slots=True)
class RowCount:
    """Rows that one span gave, bad ones included."""

    source: str
    rows: int
    letters: tuple[tuple[str, int, int], ...] = ()
    """Of a file of dead letters: by run, those that were read, and of these passed on."""


@dataclass(eq=False)
class ReadRecords(beam.PTransform):
    """``InputFile``s → a dict of PCollections.

    - ``records``: ``(content_key, packed Record)``
    - ``items``: ``(content_key, packed Item)``, one per record, equal ones repeated
    - ``rejected``: ``DeadLetter``
    - ``counts``: ``RowCount``, for the audit's ``read``
    """

    files: tuple[InputFile, ...]
    validator: Validator
    max_row_bytes: int
    limit: int | None = None
    parts: tuple[Part, ...] | None = None
    """What of the files is read; None: all of them."""

    def expand(self, pbegin: Any) -> dict[str, Any]:
        """One element per span, or with a limit one for all, read in order."""
        outputs = (
            self._planned(pbegin)
            | "ShareSpans" >> beam.Reshuffle()
            | "ReadRows"
            >> beam.ParDo(_ReadSpans(self.validator, self.max_row_bytes, self.limit)).with_outputs(
                RECORDS, ITEMS, REJECTED, COUNTS
            )
        )
        return {tag: outputs[tag] for tag in (RECORDS, ITEMS, REJECTED, COUNTS)}

    def _planned(self, pbegin: Any) -> Any:
        together = self.limit is not None
        if self.parts is not None:
            batches = [self.parts] if together else [(part,) for part in self.parts]
            return pbegin | "Parts" >> beam.Create(batches, reshuffle=False)
        return (
            pbegin
            | "ListFiles"
            >> beam.Create(
                [self.files] if together else [(file,) for file in self.files], reshuffle=False
            )
            | "PlanSpans" >> beam.FlatMap(_plan, together=together)
        )


def _plan(files: Iterable[InputFile], *, together: bool) -> Iterator[tuple[Part, ...]]:
    planned = (span for file in files for span in plan_spans(file))
    if together:
        yield tuple(planned)
    else:
        yield from ((span,) for span in planned)


@dataclass(eq=False)
class _ReadSpans(beam.DoFn):
    validator: Validator
    max_row_bytes: int
    limit: int | None

    def process(self, parts: tuple[Part, ...]) -> Iterator[TaggedOutput]:
        left = self.limit
        needed = self.validator.layout.columns_of(FIELDS)
        for part in parts:
            rows, letters = 0, CountLetters()
            for row in read_part(part, max_row_bytes=self.max_row_bytes, needed=needed):
                if left is not None and left - rows <= 0:
                    break
                rows += 1
                progress.read()
                found = self.validator(row)
                letters.add(found)
                yield from self._outputs(found)
            left = None if left is None else left - rows
            yield TaggedOutput(COUNTS, RowCount(part.source, rows, letters.counted()))

    def _outputs(self, found: tuple[Record, Item] | DeadLetter) -> Iterator[TaggedOutput]:
        if isinstance(found, DeadLetter):
            yield TaggedOutput(REJECTED, found)
        else:
            record, item = found
            yield TaggedOutput(RECORDS, (item.content_key, record.pack()))
            yield TaggedOutput(ITEMS, (item.content_key, item.pack()))


class OnePerKey(beam.PTransform):
    """``(content_key, packed Item)``s → one ``Item`` per key: equal content is scored once."""

    def expand(self, items: Any) -> Any:
        """Equal keys have equal items: any one of them will do."""
        return (
            items | beam.CombinePerKey(_AnyOne()) | beam.Values() | "Unpack" >> beam.Map(_only_one)
        )


class _AnyOne(beam.CombineFn):
    """Accumulates an item and the rows that have it, which the terminal's line wants to know."""

    def create_accumulator(self) -> tuple[Packed | None, int]:
        return None, 0

    def add_input(self, kept: tuple[Packed | None, int], item: Packed) -> tuple[Packed, int]:
        return kept[0] or item, kept[1] + 1

    def merge_accumulators(
        self, accumulators: Iterable[tuple[Packed | None, int]]
    ) -> tuple[Packed | None, int]:
        item, rows = None, 0
        for one, its_rows in accumulators:
            item, rows = item or one, rows + its_rows
        return item, rows

    def extract_output(self, kept: tuple[Packed, int]) -> tuple[Packed, int]:
        return kept


def _only_one(kept: tuple[Packed, int]) -> Item:
    packed, rows = kept
    progress.duplicates(rows - 1)
    return Item.unpack(packed)
