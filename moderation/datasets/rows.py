"""Records meet their items and images: rows of a training set to be, and what groups look at.

Rows are dicts of plain values, for they travel in packs:

- ``key``: content key, over texts and the images' own bytes (where they lie does not count)
- ``item_id``, ``ids``, ``kind``, ``texts``, ``label``, ``extras``: as the record has them
- ``names``: where a row has any number of labels, these; ``label`` is then their JSON array
- ``images``: by field an ``EncodedImage`` or a code; absent: null
- ``source``, ``row``, ``body``, ``redacted``, ``history``: for the dead letter, should there be one
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput
from pydantic_core import from_json, to_json

from moderation.datasets.groups.linked_content import Content
from moderation.datasets.groups.near_texts import normal_text
from moderation.datasets.image_results import EncodedImage, ImageResult, LostImage, result_of
from moderation.datasets.labels import NONE
from moderation.datasets.splits.shares import split_of
from moderation.records.content_key import content_key
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.items import Item, Record, RefusedImage
from moderation.records.labels import is_no_label, label_text, labels_text, place_of
from moderation.records.layout import Layout
from moderation.records.validate import item_ids
from moderation.storage.bundle_end import at_end
from moderation.storage.packing import node_of, open_all
from moderation.storage.row_packs import open_packs
from schemas.codes import Code, Stage
from schemas.records import IMAGE_FIELDS

ROWS, CONTENTS, LABELS, REJECTED = "rows", "contents", "labels", "rejected"

Row = dict[str, Any]
Images = dict[str, ImageResult | None]


@dataclass(frozen=True, slots=True)
class RowRules:
    """What a record needs to become a row."""

    layout: Layout
    images_required: bool
    split_column: str | None
    split_names: tuple[str, ...]
    separator: str | None = None
    """Between the labels of a text; None: a record has one label."""
    labels: tuple[str, ...] = ()
    """Those that are wanted, where they were named: one may be called ``none``."""


@dataclass(eq=False)
class MakeRows(beam.DoFn):
    """``(bucket, {"records", "items", "images"})`` → rows, contents, labels and rejections.

    - ``rows``: ``Row``
    - ``contents``: ``Content``
    - ``labels``: a ``Counter`` of ``(kind, label)`` a bundle
    - ``rejected``: ``DeadLetter``
    """

    rules: RowRules
    _labels: Counter[tuple[str, str]] = field(default_factory=Counter, init=False)

    def start_bundle(self) -> None:
        """Nothing counted."""
        self._labels = Counter()

    def process(self, joined: tuple[int, dict[str, Iterable[Any]]]) -> Iterator[TaggedOutput]:
        """Join within the bucket: some thousand rows."""
        _, sides = joined
        items = {key: Item.unpack(packed) for key, packed in open_packs(sides["items"])}
        results: dict[str, Images] = {}
        for content, name, values in open_all(sides["images"]):
            results.setdefault(content, {})[name] = result_of(values)
        told = set()
        for key, packed in open_packs(sides["records"]):
            record = Record.unpack(packed)
            images = _images(items[key], results.get(key, {}))
            made = self._row(record, items[key], images)
            if isinstance(made, DeadLetter):
                yield TaggedOutput(REJECTED, made)
                continue
            for name in made.get("names", (made["label"],)) or (NONE,):
                self._labels[made["kind"], name] += 1
            yield TaggedOutput(ROWS, made)
            if made["key"] not in told:
                told.add(made["key"])
                yield TaggedOutput(CONTENTS, _content(made, images))

    def finish_bundle(self) -> Iterator[TaggedOutput]:
        """The bundle's labels."""
        yield TaggedOutput(LABELS, at_end(self._labels))

    def _row(self, record: Record, item: Item, images: Images) -> Row | DeadLetter:
        label = self._label(record)
        if isinstance(label, DeadLetter):
            return label
        if self.rules.images_required:
            for name, image in images.items():
                if image is None:
                    message = f"{name}: the record names no image, and --missing_images wants one"
                    return DeadLetter.of(record, Code.NO_IMAGE, message, stage=Stage.FETCH)
                if isinstance(image, LostImage):
                    return DeadLetter.of(
                        record,
                        Code(image.code),
                        f"{name}: {image.message}",
                        stage=Stage(image.stage),
                        attempts=image.attempts,
                    )
        given = self._given(record)
        if isinstance(given, DeadLetter):
            return given
        layout = self.rules.layout
        fields = layout.rename(from_json(record.body))
        made_ids = layout.made_ids(record.kind, record.source, record.row)
        return {
            "key": true_key(item, images),
            "item_id": record.item_id,
            "ids": item_ids({**fields, **made_ids}, record.kind),
            "kind": record.kind.value,
            "texts": dict(item.texts),
            "images": {name: _kept(image) for name, image in images.items()},
            **label,
            "extras": record.extras,
            "given": given,
            "source": record.source,
            "row": record.row,
            "body": record.body,
            "redacted": list(record.redacted),
            "history": record.history and list(record.history),
        }

    def _label(self, record: Record) -> dict[str, Any] | DeadLetter:
        if self.rules.separator is not None:
            names = self._names(record.label, self.rules.separator)
            if names is not None and "" in names:
                message = "the record's list of labels holds an empty one"
                return DeadLetter.of(record, Code.INVALID_VALUE, message)
            if names is not None:
                return {"label": to_json(names).decode(), "names": names}
        elif isinstance(record.label, tuple):
            message = "the record's label is a list: --multi_label takes several labels a record"
            return DeadLetter.of(record, Code.UNLABELLED, message)
        else:
            label = label_text(record.label)
            if label is not None and (self._is_wanted(label) or not is_no_label(label)):
                return {"label": label}
        return DeadLetter.of(record, Code.UNLABELLED, "the record has no label")

    def _names(self, label: Any, separator: str) -> list[str] | None:
        """The labels of a record that may have several, sorted; None where it has no label."""
        if isinstance(label, str) and self._is_wanted(label):
            return [label]
        names = labels_text(label, separator)
        return None if names is None else sorted(set(names))

    def _is_wanted(self, label: str) -> bool:
        return place_of(label, self.rules.labels, yes_or_no=False) is not None

    def _given(self, record: Record) -> str | DeadLetter | None:
        """The split that the record's own column names."""
        column = self.rules.split_column
        if column is None:
            return None
        value = from_json(record.extras).get(column)
        if (found := split_of(value, self.rules.split_names)) is not None:
            return found
        names = ", ".join(self.rules.split_names)
        message = f"{column!r} must name one of the splits {names}; the record has {value!r:.80}"
        code = Code.MISSING_FIELD if value in (None, "") else Code.INVALID_VALUE
        return DeadLetter.of(record, code, message)


def true_key(item: Item, images: Images) -> str:
    """The content key over what an item holds: texts and the digests of its images' bytes.

    An image that could not be had counts by its reference.
    """
    references = {image.field: image.reference for image in item.images}
    identities: dict[str, str | None] = {
        name: None
        if image is None
        else f"unread:{references[name]}"
        if isinstance(image, LostImage)
        else f"sha256:{image.sha256}"
        for name, image in images.items()
    }
    return content_key(item.kind, item.texts, identities)


def _images(item: Item, results: Images) -> Images:
    """What became of each image field of the kind."""
    refused = {
        image.field: LostImage(Stage.FETCH.value, image.code.value, image.message, 1)
        for image in item.images
        if isinstance(image, RefusedImage)
    }
    return {name: results.get(name) or refused.get(name) for name in IMAGE_FIELDS[item.kind]}


def _kept(image: ImageResult | None) -> EncodedImage | str | None:
    return image.code if isinstance(image, LostImage) else image


def _content(row: Row, images: Images) -> Content:
    texts = sorted({normal_text(text) for text in row["texts"].values()} - {""})
    encoded = [image for image in images.values() if isinstance(image, EncodedImage)]
    pictures = sorted({(image.sha256, image.perceptual_hash) for image in encoded})
    return Content(row["key"], texts, pictures)


def by_bucket(row: Row, buckets: int) -> tuple[int, Row]:
    """A row under its content's bucket."""
    return node_of(row["key"]) % buckets, row
