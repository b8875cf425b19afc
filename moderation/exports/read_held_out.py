"""Reading what must not leak: held-out records, or verdicts and lists that name content keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from moderation.datasets.groups.near_texts import normalised
from moderation.exports.held_out import HeldOutItem
from moderation.images.door import DoorOptions
from moderation.images.fetching.local import read_local
from moderation.images.prefetch import FETCHED, FETCHING, PrefetchImages
from moderation.images.types import DecodedImage, ImageError, ImageOutcome, ImageRef, Target
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.items import Item
from moderation.records.layout import Layout
from moderation.records.rows import BadRow, RawRow
from moderation.records.spans import Span, plan_spans, read_span
from moderation.records.validate import Validator
from moderation.storage import files
from moderation.storage.input_files import InputFile
from moderation.storage.parking import Parking

ITEMS, FAR, UNREAD = "items", "far", "unread"
_MAX_ROW_BYTES = 64 << 20
_MAX_IMAGE_BYTES = 256 << 20
_IN_FLIGHT = 64


@dataclass(eq=False, repr=False)
class ReadHeldOut(beam.PTransform):
    """``InputFile``s → ``items``: ``HeldOutItem``s; ``unread``: why a row is none.

    Images that lie here are digested here, far ones are fetched through the image door where
    ``door`` is given. An item with a far image comes twice, once without and once with its digest.
    """

    files: tuple[InputFile, ...]
    layout: Layout
    inline_images: Parking
    door: DoorOptions | None

    def expand(self, pbegin: Any) -> dict[str, Any]:
        """Read, digest, fetch what is far."""
        validator = Validator(self.layout, self.inline_images)
        read = (
            pbegin
            | "HeldOutFiles" >> beam.Create(list(self.files), reshuffle=False)
            | "HeldOutSpans" >> beam.FlatMap(plan_spans)
            | "ReadHeldOutRows"
            >> beam.ParDo(_Read(validator, fetch=self.door is not None)).with_outputs(
                ITEMS, FAR, UNREAD
            )
        )
        items = read[ITEMS]
        if self.door is not None:
            fetched = read[FAR] | "FetchHeldOut" >> beam.ParDo(
                PrefetchImages(_requests, self.door, _IN_FLIGHT)
            ).with_outputs(FETCHING, main=FETCHED)
            far = fetched[FETCHED] | "Digests" >> beam.MapTuple(_fetched)
            items = (items, far) | "HeldOut" >> beam.Flatten()
        return {ITEMS: items, UNREAD: read[UNREAD]}


@dataclass(eq=False)
class _Read(beam.DoFn):
    validator: Validator
    fetch: bool

    def process(self, span: Span | BadRow) -> Iterator[TaggedOutput]:
        for row in read_span(span, max_row_bytes=_MAX_ROW_BYTES):
            if isinstance(row, RawRow) and _names_content(row.fields):
                yield TaggedOutput(ITEMS, _named(row.fields))
                continue
            checked = self.validator(row)
            if isinstance(checked, DeadLetter):
                yield TaggedOutput(
                    UNREAD, f"{checked.source}, row {checked.row}: {checked.message}"
                )
                continue
            yield from self._item(checked[1])

    def _item(self, item: Item) -> Iterator[TaggedOutput]:
        sha256s, far, unread = [], [], 0
        refs = [image for image in item.images if isinstance(image, ImageRef)]
        for ref in refs:
            if files.is_remote(ref.location):
                far.append(ref)
            elif digest := _digest(ref):
                sha256s.append(digest)
            else:
                unread += 1
        if far and not self.fetch:
            unread += len(far)
        elif far:
            yield TaggedOutput(FAR, (item.content_key, far))
        texts = tuple(normalised(text) for text in item.texts.values())
        locations = tuple(ref.location for ref in refs)
        yield TaggedOutput(
            ITEMS, HeldOutItem(item.content_key, texts, locations, tuple(sha256s), unread)
        )


def _names_content(fields: Mapping[str, Any]) -> bool:
    """Whether a row is a verdict, or a line of a list, rather than a record."""
    return isinstance(fields.get("content_key"), str) and Layout().kind_of(fields) is None


def _named(fields: Mapping[str, Any]) -> HeldOutItem:
    images = fields.get("images") or []
    sha256s = [image.get("sha256") for image in images if isinstance(image, dict)]
    return HeldOutItem(fields["content_key"], (), (), tuple(filter(None, sha256s)), 0)


def _digest(ref: ImageRef) -> str | None:
    try:
        data = read_local(ref.location, ref.root, max_bytes=_MAX_IMAGE_BYTES)
    except ImageError:
        return None
    return hashlib.sha256(data).hexdigest()


def _requests(far: tuple[str, list[ImageRef]]) -> dict[str, tuple[ImageRef, Target]]:
    return {ref.field: (ref, Target(8, 8)) for ref in far[1]}


def _fetched(far: tuple[str, list[ImageRef]], outcomes: Mapping[str, ImageOutcome]) -> HeldOutItem:
    images = outcomes.values()
    sha256s = tuple(image.sha256 for image in images if isinstance(image, DecodedImage))
    return HeldOutItem(far[0], (), (), sha256s, len(images) - len(sha256s))
