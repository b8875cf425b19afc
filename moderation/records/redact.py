"""What of a record may be written down elsewhere: no inline bytes, no query strings."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from moderation.images.references.data_uris import base64_uri, begins_an_image, is_data_uri, trimmed
from moderation.images.references.printing import bears_secret, is_url, redact_line, without_secrets

_QUOTES = "<([{\"'`"
__all__ = ["describe_bytes", "is_kept", "redact_fields", "redact_line"]


def redact_fields(
    fields: Mapping[str, Any],
    *,
    images: Collection[str] = (),
    texts: Collection[str] = (),
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The row with secrets and inline bytes replaced, and the columns that lost something.

    A column is touched where its whole value is a URL with a query string or userinfo, a
    ``data:`` URI, an image in base64, or bytes, whatever blanks stand around and in it.

    Args:
        fields: the row, by the file's own column names.
        images: columns of image references: what is within them is looked at as well.
        texts: columns of running text. It keeps what it says, for it is what is judged; only a
            text that is one URL and nothing else loses what others lose.
    """
    safe: dict[str, Any] = {}
    redacted: list[str] = []
    for name, value in fields.items():
        kept = _redact(value, image=name in images, text=name in texts)
        if kept is not value:
            redacted.append(name)
        safe[name] = kept
    return (safe, tuple(redacted)) if redacted else (fields, ())


def is_kept(value: Any, *, image: bool = False, text: bool = False) -> bool:
    """Whether ``redact_fields`` leaves a value as it is."""
    return _redact(value, image=image, text=text) is value


def describe_bytes(data: bytes) -> str:
    """Stands where inline bytes stood."""
    return f"bytes ({len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:16]})"


def _redact(value: Any, *, image: bool, text: bool) -> Any:
    if isinstance(value, str):
        return _redact_text(value) if text else _redact_cell(value, image=image)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return describe_bytes(bytes(value))
    if isinstance(value, dict):
        kept = {name: _redact(part, image=image, text=text) for name, part in value.items()}
        return kept if any(kept[name] is not part for name, part in value.items()) else value
    if isinstance(value, (list, tuple)):
        parts = [_redact(part, image=image, text=text) for part in value]
        same = all(new is old for new, old in zip(parts, value, strict=True))
        return value if same else parts
    return value


def _redact_text(value: str) -> str:
    whole = trimmed(value)
    one = is_data_uri(whole) or (is_url(whole) and "://" in whole)
    return _kept(value) if one and not any(map(str.isspace, whole)) else value


def _redact_cell(value: str, *, image: bool) -> str:
    whole = trimmed(value)
    if is_data_uri(whole) or is_url(whole):
        return _kept(value)
    if bears_secret(whole) or is_url(whole.lstrip(_QUOTES)):
        return redact_line(value)
    if (uri := base64_uri(whole)) is not None:
        return _kept(value) if image or begins_an_image(uri.partition(",")[2]) else value
    return _kept(value) if image else value


def _kept(value: str) -> str:
    safe = without_secrets(value)
    return value if safe == value else safe
