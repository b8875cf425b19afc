"""The key of what is judged: equal items have one, whoever posted them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

from schemas.records import TEXT_FIELDS, Kind


def content_key(
    kind: Kind,
    texts: Mapping[str, str],
    images: Mapping[str, str | None],
    *,
    text_reader: str = "",
) -> str:
    """Digest of what is judged: 32 hex digits.

    Args:
        kind: what the record is.
        texts: every text field, as it came, but one that is read from a picture.
        images: every image field's identity: its location, or the digest of inline bytes; None
            where the record names no image.
        text_reader: digest of what reads a text that is not there. Another reader may read
            another text, so it makes another item of it.
    """
    said: list[Any] = [kind.value, sorted(texts.items()), sorted(images.items())]
    if text_reader and len(texts) < len(TEXT_FIELDS[kind]):
        said.append(text_reader)
    content = to_json(said)
    return hashlib.blake2b(content, digest_size=16).hexdigest()
