"""What of a record may be written down elsewhere: no inline bytes, no query strings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from moderation.images.references import safe_reference

_URL_TAIL = re.compile(
    r"(https?://)(?:[^\s\"'/@?#\\]*@)?([^\s\"'?#\\]*)(?:[?#][^\s\"'\\]*)?", re.IGNORECASE
)
_DATA_URI = re.compile(r"data:[\w/+.-]*;base64,[A-Za-z0-9+/=%_-]{64,}", re.IGNORECASE)


def redact_fields(fields: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The row with secrets and inline bytes replaced, and the columns that lost something.

    A column is touched where its whole value is a URL with a query string or userinfo, a
    ``data:`` URI, or bytes. Running text keeps what it says: it is what is judged.
    """
    safe: dict[str, Any] = {}
    redacted: list[str] = []
    for name, value in fields.items():
        kept = _redact(value)
        if kept is not value:
            redacted.append(name)
        safe[name] = kept
    return (safe, tuple(redacted)) if redacted else (fields, ())


def redact_line(line: str) -> str:
    """A row that could not be parsed, with the same things taken out wherever they stand."""
    return _DATA_URI.sub("data:…", _URL_TAIL.sub(r"\1\2", line))


def describe_bytes(data: bytes) -> str:
    """Stands where inline bytes stood."""
    return f"bytes ({len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:16]})"


def _redact(value: Any) -> Any:
    if isinstance(value, str):
        return _redact_reference(value)
    if isinstance(value, bytes):
        return describe_bytes(value)
    if isinstance(value, dict):
        inner, lost = redact_fields(value)
        return inner if lost else value
    if isinstance(value, list):
        kept = [_redact(part) for part in value]
        return kept if any(new is not old for new, old in zip(kept, value, strict=True)) else value
    return value


def _redact_reference(value: str) -> str:
    head = value[:8].lower()
    if head.startswith("data:") or (
        head.startswith(("http://", "https://"))
        and not any(char.isspace() for char in value)
        and any(char in value for char in "?#@")
    ):
        safe = safe_reference(value)
        return value if safe == value else safe
    return value
