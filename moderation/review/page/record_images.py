"""Where a queue's pictures are: as the queue has it, or as the record that was judged has it.

A queue names images as they may be printed. An image in the record itself, or behind a link whose
query is a secret, is found in the record alone, which is read again from the run's own input.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from moderation.images.references.location import locate
from moderation.images.types import ImageError, ImageRef
from moderation.records.dead_letters.history import Redrive
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.layout import FIELDS, Layout
from moderation.records.rows import RawRow
from moderation.records.spans import Span, plan_spans, read_span
from moderation.records.validate import Validator
from moderation.review.queue.items import QueueItem
from moderation.storage.input_files import InputFile
from moderation.storage.parking import Parking
from schemas.images import ImageReport
from schemas.verdicts import ReviewEntry


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file that the run judged, and how it was read."""

    file: InputFile
    layout: Layout
    max_row_bytes: int
    text_reader: str = ""


@dataclass(slots=True)
class RecordImages:
    """References of a queue's images. Thread-safe."""

    files: Mapping[str, RecordFile]
    """By the path that entries name as their source."""
    rows: Mapping[str, frozenset[int]]
    """By source: the rows that the queue has."""
    parking: Parking
    """Where bytes wait that lie in records."""
    _found: dict[str, dict[int, dict[str, ImageRef]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def refs(self, entry: ReviewEntry, image: ImageReport) -> Iterator[ImageRef]:
        """Where an image may be had, the cheapest first; the second is looked for when asked."""
        printed = self._printed(entry, image)
        if printed is not None:
            yield printed
        known = self._of_record(entry).get(image.field)
        if known is not None and (printed is None or known.location != printed.location):
            yield known

    def _printed(self, entry: ReviewEntry, image: ImageReport) -> ImageRef | None:
        of = self.files.get(entry.source)
        name = image.reference
        if not name or of is None or of.layout.image_template or name.endswith("…"):
            return None
        layout = of.layout
        try:
            return locate(
                image.field,
                name,
                root=layout.root_for(entry.source),
                allow_outside_root=layout.allow_outside_root,
            )
        except ImageError:
            return None

    def _of_record(self, entry: ReviewEntry) -> Mapping[str, ImageRef]:
        of = self.files.get(entry.source)
        if of is None:
            return {}
        with self._lock:
            if entry.source not in self._found:
                wanted = self.rows.get(entry.source, frozenset())
                self._found[entry.source] = dict(_read(of, wanted, self.parking))
            return self._found[entry.source].get(entry.row, {})


def rows_by_source(items: Iterable[QueueItem]) -> dict[str, frozenset[int]]:
    """The rows that a queue has of each file."""
    rows: dict[str, set[int]] = {}
    for item in items:
        rows.setdefault(item.source, set()).add(item.row)
    return {source: frozenset(found) for source, found in rows.items()}


def _read(
    of: RecordFile, wanted: frozenset[int], parking: Parking
) -> Iterator[tuple[int, dict[str, ImageRef]]]:
    validate = Validator(of.layout, parking, Redrive.ALL, text_reader=of.text_reader)
    needed = of.layout.read_columns(FIELDS)
    for span in plan_spans(of.file):
        if not isinstance(span, Span):
            continue
        for row in read_span(span, max_row_bytes=of.max_row_bytes, needed=needed):
            if not isinstance(row, RawRow) or row.row not in wanted:
                continue
            checked = validate(row)
            if not isinstance(checked, DeadLetter):
                images = checked[1].images
                yield row.row, {ref.field: ref for ref in images if isinstance(ref, ImageRef)}
