"""The key of what is judged: equal items have one, whoever posted them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from pydantic_core import to_json

from schemas.records import Kind


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
