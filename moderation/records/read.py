"""Beam transforms that read: files in, records and rejections out, every row counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
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
from moderation.storage.bundle_end import at_end
from moderation.storage.input_files import InputFile
from moderation.storage.row_packs import LEAST_BUCKETS, bucket_of, open_packs, pack_rows
from moderation.storage.unmeasured import unmeasured

RECORDS, ITEMS, REJECTED, COUNTS = "records", "items", "rejected", "counts"
_HELD_ROWS, _HELD_CHARS = 16_384, 16 << 20
"""At most, on their way into packs."""
_ITEMS_TOGETHER = 500


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

    - ``records``: ``(bucket, pack)`` (``moderation.storage.row_packs``), whose rows are
      ``(content_key, packed Record)``
    - ``items``: the same of ``(content_key, packed Item)``, equal ones perhaps repeated
    - ``rejected``: ``DeadLetter``
    - ``counts``: ``RowCount``, for the audit's ``read``
    """

    files: tuple[InputFile, ...]
    validator: Validator
    max_row_bytes: int
    limit: int | None = None
    parts: tuple[Part, ...] | None = None
    """What of the files is read; None: all of them."""
    buckets: int = LEAST_BUCKETS
    """That contents are dealt into: ``row_packs.bucket_of``."""

    def expand(self, pbegin: Any) -> dict[str, Any]:
        """One element per span, or with a limit one for all, read in order."""
        outputs = (
            self._planned(pbegin)
            | "ShareSpans" >> beam.Reshuffle()
            | "ReadRows"
            >> beam.ParDo(
                _ReadSpans(self.validator, self.max_row_bytes, self.limit, self.buckets)
            ).with_outputs(RECORDS, ITEMS, REJECTED, COUNTS)
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
    buckets: int
    _held: _HeldRows = field(default_factory=lambda: _HeldRows(), init=False)

    def start_bundle(self) -> None:
        self._held = _HeldRows()

    def process(self, parts: tuple[Part, ...]) -> Iterator[TaggedOutput]:
        left = self.limit
        needed = self.validator.layout.read_columns(FIELDS)
        for part in parts:
            rows, letters = 0, CountLetters()
            for row in read_part(part, max_row_bytes=self.max_row_bytes, needed=needed):
                if left is not None and left - rows <= 0:
                    break
                rows += 1
                progress.read()
                found = self.validator(row)
                letters.add(found)
                if isinstance(found, DeadLetter):
                    yield TaggedOutput(REJECTED, found)
                elif self._held.add(*found, buckets=self.buckets):
                    yield from self._held.packs()
            left = None if left is None else left - rows
            yield TaggedOutput(COUNTS, RowCount(part.source, rows, letters.counted()))

    def finish_bundle(self) -> Iterator[TaggedOutput]:
        for output in self._held.packs():
            yield TaggedOutput(output.tag, at_end(output.value))


class _HeldRows:
    """Rows on their way into packs; of equal items that are held at once, one."""

    def __init__(self) -> None:
        self._records: dict[int, list[tuple[str, tuple[Any, ...]]]] = {}
        self._items: dict[int, dict[str, tuple[Any, ...]]] = {}
        self._rows = self._chars = 0

    def add(self, record: Record, item: Item, *, buckets: int) -> bool:
        """Hold a row; True: it is time to let go of all."""
        key = item.content_key
        bucket = bucket_of(key, buckets)
        if bucket not in self._records:
            self._records[bucket], self._items[bucket] = [], {}
        self._records[bucket].append((key, record.pack()))
        items = self._items[bucket]
        if key in items:
            progress.duplicates(1)
        else:
            items[key] = item.pack()
        self._rows += 1
        self._chars += len(record.body)
        return self._rows >= _HELD_ROWS or self._chars >= _HELD_CHARS

    def packs(self) -> Iterator[TaggedOutput]:
        """What was held, packed."""
        records, items = self._records, self._items
        self.__init__()  # type: ignore[misc]
        for bucket, rows in records.items():
            yield TaggedOutput(RECORDS, (bucket, pack_rows(rows)))
            yield TaggedOutput(ITEMS, (bucket, pack_rows(items[bucket].items())))


class OnePerKey(beam.PTransform):
    """``(bucket, pack)``s of ``(content_key, packed Item)`` → lists of ``Item``s, one per key.

    Equal content is scored once. A list costs an engine what an item alone would.
    """

    def expand(self, items: Any) -> Any:
        """Equal keys have equal items: any one of them will do."""
        return unmeasured(items | beam.GroupByKey() | "Distinct" >> beam.FlatMapTuple(_distinct))


def _distinct(_: int, packs: Iterable[bytes]) -> Iterator[list[Item]]:
    seen = set()
    items = []
    for key, packed in open_packs(packs):
        if key in seen:
            progress.duplicates(1)
            continue
        seen.add(key)
        items.append(Item.unpack(packed))
        if len(items) >= _ITEMS_TOGETHER:
            yield items
            items = []
    if items:
        yield items
