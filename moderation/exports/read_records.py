"""Reading again what the runs judged: the files that their manifests name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import TaggedOutput
from numpy.typing import NDArray
from pydantic_core import from_json

from moderation.exports.input_rows import PROBLEMS, RecordRow
from moderation.images.types import ImageRef
from moderation.records.dead_letters.history import Redrive
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.dead_letters.read import is_letter, open_letter
from moderation.records.ids import BadId, id_of
from moderation.records.items import Record
from moderation.records.layout import FIELDS, Layout
from moderation.records.rows import BadRow, RawRow
from moderation.records.spans import Span, plan_spans, read_span
from moderation.records.validate import Validator
from moderation.runs.committed import Source
from moderation.storage.digests import file_digest
from moderation.storage.packing import Pack, digest64
from moderation.storage.parking import Parking
from schemas.codes import Code
from schemas.records import ID_FIELDS, IMAGE_FIELDS, TEXT_FIELDS

Wanted = NDArray[np.uint64]
"""Digests of item ids, sorted."""


class PlanSources(beam.DoFn):
    """``(source, Source)`` → ``(source, Source, Span)``; ``problems`` for one that changed."""

    def process(self, numbered: tuple[int, Source]) -> Iterator[Any]:
        number, source = numbered
        problem = _problem(source)
        if problem:
            yield TaggedOutput(PROBLEMS, (number, problem))
            return
        for span in plan_spans(source.file):
            if isinstance(span, BadRow):
                yield TaggedOutput(PROBLEMS, (number, (span.code.value, span.message)))
            else:
                yield number, source, span


@dataclass(eq=False)
class ReadSources(beam.DoFn):
    """``(source, Source, Span)`` → ``(item_id, RecordRow)``. Inline image bytes are parked.

    Rows that are no records are passed over: no verdict is about them. So are those that are not
    wanted: only items with a decision can enter a set without pseudo-labels.
    """

    parking: Parking

    def process(
        self, planned: tuple[int, Source, Span], wanted: Wanted | None
    ) -> Iterator[tuple[str, RecordRow]]:
        number, source, span = planned
        validator = Validator(
            source.layout, self.parking, Redrive.ALL, text_reader=source.text_reader
        )
        needed = source.layout.read_columns(FIELDS)
        for row in read_span(span, max_row_bytes=source.max_row_bytes, needed=needed):
            if not isinstance(row, RawRow):
                continue
            fields = own_fields(row, source.layout)
            if wanted is not None and not _is_wanted(fields, source, wanted):
                continue
            checked = validator(row)
            if not isinstance(checked, DeadLetter):
                record, item = checked
                named = {ref.field: ref for ref in item.images if isinstance(ref, ImageRef)}
                yield record.item_id, _record(number, record, fields, item, named)


class WantedItems(beam.CombineFn):
    """``(bucket, Pack of DecisionRow)``s → the sorted digests of their items, 8 bytes each."""

    def create_accumulator(self) -> Wanted:
        return np.zeros(0, dtype=np.uint64)

    def add_input(self, accumulator: Wanted, keyed: tuple[int, Pack]) -> Wanted:
        digests = {digest64(values[0]) for values in keyed[1].open()}
        return np.union1d(accumulator, np.fromiter(digests, dtype=np.uint64))

    def merge_accumulators(self, accumulators: Iterable[Wanted]) -> Wanted:
        return reduce(np.union1d, accumulators, self.create_accumulator())

    def extract_output(self, accumulator: Wanted) -> Wanted:
        return accumulator


def _is_wanted(fields: Mapping[str, Any], source: Source, wanted: Wanted) -> bool:
    """Whether somebody decided on a row's item."""
    kind = source.layout.kind_of(fields)
    if kind is None:
        return False
    try:
        item_id = ":".join(id_of(fields, name) for name in ID_FIELDS[kind])
    except BadId:  # no verdict has such an id
        return False
    digest = np.uint64(digest64(item_id))
    place = int(np.searchsorted(wanted, digest))
    return place < len(wanted) and bool(wanted[place] == digest)


def _problem(source: Source) -> tuple[str, str] | None:
    """Why a source is not the file that was judged; None where it is."""
    path, digest = source.file.path, file_digest(source.file)
    if digest is None and source.digest is not None:
        return Code.NOT_FOUND.value, f"{path} cannot be read any more: {_remedy(path)}"
    if source.digest is not None and digest != source.digest:
        return (
            Code.SOURCE_CHANGED.value,
            f"{path} is not the file that the run judged ({digest}, then {source.digest})",
        )
    return None


def own_fields(row: RawRow, layout: Layout) -> Mapping[str, Any]:
    """A record's fields as scoring saw them, those of a dead letter's and made ids included."""
    if is_letter(row.fields):
        opened = open_letter(row, layout, redrive=Redrive.ALL)
        row = row if isinstance(opened, DeadLetter) else opened.row
    row = layout.reach(row)
    fields = layout.rename(row.fields)
    kind = layout.kind_of(fields)
    return fields if kind is None else {**fields, **layout.made_ids(kind, row.source, row.row)}


def _remedy(path: str) -> str:
    if "://" in path or os.path.isabs(path):
        return "put it back where it was"
    return "its run names it from the folder that it was started in: export from there"


def _record(
    number: int,
    record: Record,
    fields: Mapping[str, Any],
    item: Any,
    named: Mapping[str, ImageRef],
) -> RecordRow:
    ids = {name: id_of(fields, name) for name in ID_FIELDS[record.kind]}
    images: dict[str, tuple[str | None, str | None, str | None]] = {}
    for name in IMAGE_FIELDS[record.kind]:
        ref = named.get(name)
        value = fields.get(name)
        written = value if isinstance(value, str) and value[:5].lower() != "data:" else None
        images[name] = (written, ref.location, ref.root) if ref else (written or None, None, None)
    return RecordRow(
        item_id=record.item_id,
        source=number,
        row=record.row,
        kind=record.kind.value,
        content_key=item.content_key,
        values={**ids, **dict.fromkeys(TEXT_FIELDS[record.kind], ""), **item.texts},
        images=images,
        label=record.label_text,
        extras=_extras(from_json(record.extras)),
        first_source=record.source if record.history else "",
    )


def _extras(extras: dict[str, Any]) -> dict[str, Any]:
    """The record's further columns; those that an earlier export added are taken off again."""
    extras.pop("provenance", None)
    packed = extras.pop("extras", None)
    if isinstance(packed, str):
        try:
            inner = from_json(packed)
        except ValueError:
            inner = packed
        if isinstance(inner, dict):
            return {**inner, **extras}
        extras["extras"] = packed
    return extras
