"""The nouns that travel through the pipeline: record, item, rejection.

They cross shuffles, so they are small: no pixels, no image bytes, a record's
body only once, as JSON text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic_core import to_json

from moderation.images.types import ImageRef
from schemas.codes import Code, Stage
from schemas.records import Kind


@dataclass(frozen=True, slots=True)
class RefusedImage:
    """An image reference that cannot even be tried, e.g. one that leaves the image root."""

    field: str
    reference: str
    code: Code
    message: str


ItemImage = ImageRef | RefusedImage


@dataclass(frozen=True, slots=True)
class Item:
    """What is judged: texts and image references, whoever posted them."""

    content_key: str
    kind: Kind
    texts: Mapping[str, str]
    images: tuple[ItemImage, ...]
    """Only fields that name an image."""


@dataclass(frozen=True, slots=True)
class Record:
    """A valid row of the input, ready to meet its item's verdict."""

    source: str
    row: int
    item_id: str
    kind: Kind
    content_key: str
    label: str | None
    extras: str
    """The columns beside the kind's own, as a JSON object."""
    body: str
    """The row as it came, as JSON, without inline image bytes and query strings."""
    redacted: tuple[str, ...]
    """Columns of ``body`` that lost something."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row, or a whole file, that ends as a dead letter."""

    source: str
    row: int | None
    item_id: str | None
    kind: Kind | None
    stage: Stage
    code: Code
    message: str
    body: str | None
    """JSON text of the row where ``body_is_json``, else the raw line."""
    body_is_json: bool
    redacted: tuple[str, ...] = ()
    attempts: int = 1


def content_key(kind: Kind, texts: Mapping[str, str], images: Mapping[str, str | None]) -> str:
    """Digest of what is judged: 32 hex digits.

    Args:
        kind: what the record is.
        texts: every text field, as it came.
        images: every image field's identity: its location, or the digest of inline bytes; None
            where the record names no image.
    """
    content = to_json([kind.value, sorted(texts.items()), sorted(images.items())])
    return hashlib.blake2b(content, digest_size=16).hexdigest()
