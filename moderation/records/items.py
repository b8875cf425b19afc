"""The nouns that travel through the pipeline: record and item.

They cross shuffles, so they are small: no pixels, no image bytes, a record's
body only once, as JSON text. What crosses is ``pack()``: plain tuples, which
Beam encodes natively, where an object of a class would be pickled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic_core import to_json

from moderation.images.types import ImageRef
from moderation.records.dead_letters.history import History
from schemas.codes import Code
from schemas.records import Kind

_KINDS = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class RefusedImage:
    """An image reference that cannot even be tried, e.g. one that leaves the image root."""

    field: str
    reference: str
    code: Code
    message: str


ItemImage = ImageRef | RefusedImage


class Item(NamedTuple):
    """What is judged: texts and image references, whoever posted them."""

    content_key: str
    kind: Kind
    texts: Mapping[str, str]
    images: tuple[ItemImage, ...]
    """Only fields that name an image."""

    def pack(self) -> tuple[Any, ...]:
        """As plain values."""
        return self.content_key, self.kind.value, dict(self.texts), [*map(_pack_image, self.images)]

    @classmethod
    def unpack(cls, packed: tuple[Any, ...]) -> Item:
        """What ``pack`` was called on."""
        key, kind, texts, images = packed
        return cls(key, _KINDS[kind], texts, tuple(_unpack_image(*image) for image in images))


class Record(NamedTuple):
    """A valid row of the input, ready to meet its item's verdict."""

    source: str
    row: int
    item_id: str
    kind: Kind
    label: str | tuple[str, ...] | None
    """As the record has it; several names where it has a list of them, perhaps none."""
    extras: str
    """The columns beside the kind's own, as a JSON object."""
    body: str
    """The row as it came, as JSON, without inline image bytes and query strings."""
    redacted: tuple[str, ...]
    """Columns of ``body`` that lost something."""
    history: History | None = None
    """Of a record out of a dead letter; ``source`` and ``row`` are those of its first run."""

    @property
    def label_text(self) -> str | None:
        """The label as one text; several names as a JSON array."""
        return text_of_label(self.label)

    def pack(self) -> tuple[Any, ...]:
        """As plain values."""
        return (
            self.source,
            self.row,
            self.item_id,
            self.kind.value,
            self.label,
            self.extras,
            self.body,
            self.redacted,
            tuple(self.history) if self.history else None,
        )

    @staticmethod
    def id_of(packed: tuple[Any, ...]) -> str:
        """The item id of what ``pack`` gave, without all the rest."""
        item_id: str = packed[2]
        return item_id

    @staticmethod
    def extras_of(packed: tuple[Any, ...]) -> str:
        """The extras of what ``pack`` gave, without all the rest."""
        extras: str = packed[5]
        return extras

    @staticmethod
    def body_of(packed: tuple[Any, ...]) -> str:
        """The body of what ``pack`` gave, without all the rest."""
        body: str = packed[6]
        return body

    @classmethod
    def unpack(cls, packed: tuple[Any, ...]) -> Record:
        """What ``pack`` was called on."""
        source, row, item_id, kind, label, extras, body, redacted, history = packed
        return cls(
            source=source,
            row=row,
            item_id=item_id,
            kind=_KINDS[kind],
            label=tuple(label) if isinstance(label, list) else label,
            extras=extras,
            body=body,
            redacted=redacted,
            history=History(*history) if history else None,
        )


def text_of_label(label: str | Sequence[str] | None) -> str | None:
    """A record's label as one text; several names as a JSON array."""
    return label if label is None or isinstance(label, str) else to_json(label).decode()


def _pack_image(image: ItemImage) -> tuple[Any, ...]:
    if isinstance(image, RefusedImage):
        return True, image.field, image.reference, image.code.value, image.message
    return False, image.field, image.reference, image.location, image.root


def _unpack_image(refused: bool, *values: Any) -> ItemImage:
    if refused:
        field, reference, code, message = values
        return RefusedImage(field, reference, Code(code), message)
    return ImageRef(*values)
