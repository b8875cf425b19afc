"""What a record's image field holds, in the shapes that public data sets and exports give it.

A text (path, URL, ``data:`` URI, base64), bytes, or one of these inside what wraps it: the mappings
of data set viewers and of ``image`` columns, and lists of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moderation.images.references.data_uris import base64_uri, trimmed

WRAPPED_AS = ("bytes", "path", "src", "url", "uri")
"""Keys of a mapping under which its image lies; the first that holds something counts."""
_MAX_DEPTH = 4


class BadImageValue(ValueError):
    """An image field that holds no one image; the message says what it holds and what to do."""


def image_value(value: Any) -> str | bytes | None:
    """The reference, ``data:`` URI or bytes that a field holds; None where it names no image.

    Raises ``BadImageValue`` for several images, and for what is none of these.
    """
    for _ in range(_MAX_DEPTH):
        if isinstance(value, Mapping):
            value = _from_mapping(value)
        elif isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
            value = _from_list(value)
        else:
            break
    if value is None:
        return None
    if isinstance(value, (bytes, bytearray)):
        return _from_bytes(bytes(value))
    if isinstance(value, str):
        text = trimmed(value)
        return (base64_uri(text) or value) if text else None
    raise BadImageValue(f"is {type(value).__name__}, not a path, a URL, a data: URI or bytes")


def _from_mapping(value: Mapping[Any, Any]) -> Any:
    found = [value[name] for name in WRAPPED_AS if value.get(name)]
    if found:
        return found[0]
    if not value or value.keys() & {*WRAPPED_AS}:
        return None
    names = ", ".join(sorted(map(str, value)))[:100]
    raise BadImageValue(
        f"is a mapping of {names}: its image lies under one of {', '.join(WRAPPED_AS)}"
    )


def _from_list(value: Sequence[Any]) -> Any:
    found = [each for each in value if each not in (None, "", b"", {}, [])]
    if len(found) > 1:
        raise BadImageValue(
            f"is a list of {len(found)} images and a record has one there: write a record for "
            "each, or name the one that counts"
        )
    return found[0] if found else None


def _from_bytes(data: bytes) -> str | bytes | None:
    """Bytes as they are, but for base64 that a column of bytes holds."""
    head = data[:128]
    if not head.isascii() or b"\0" in head:
        return data or None
    text = data.decode("ascii", errors="replace")
    return base64_uri(text) or data or None
