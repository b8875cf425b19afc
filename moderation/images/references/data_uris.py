"""The one reader of images that stand in a record as text: ``data:`` URIs and plain base64.

``data:`` URIs come from pages and programs in more forms than the first RFC's: web-safe letters,
no padding, blanks around ``;base64``, line breaks, percent and HTML escapes. Whoever asks what one
holds asks here, so that what is printed, what is counted as equal and what is decoded are one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import re
from urllib.parse import unquote, unquote_to_bytes

from moderation.images.types import ImageError
from schemas.codes import Code

_EDGES = "\ufeff\u200b\u200e\u200f\u2060" + "".join(map(chr, range(32))) + "\x7f"
"""Marks of no width and controls that files and forms leave around a value; blanks go as well."""
_BASE64 = re.compile(r"(?:\A|;)\s*base64\s*(?:;|\Z)", re.IGNORECASE)
_UP_TO_BASE64 = re.compile(
    r"(.{0,300}?(?:\A|;|%3b|&#x3b;|&#59;|&semi;)\s*base64\s*)(?:,|%2c|&#x2c;|&#44;|&comma;)",
    re.IGNORECASE | re.DOTALL,
)
_HEADER = re.compile(r"(?:[^,\"]|\"[^\"]*\")*")
"""A comma between quotes is a parameter's."""
_ESCAPED = re.compile(r"\\(?:[nrt]|(?=/))")
"""Line breaks and slashes as JSON writes them, in a text that was quoted twice."""
_HEADLESS = re.compile(r"(?:image/[a-z0-9.+-]{1,40})?\s*;?\s*base64\s*,", re.IGNORECASE)
_PYTHON_BYTES = re.compile(r"""b(['"])([A-Za-z0-9+/_=-]+)\1\Z""")
_WEB_SAFE = bytes.maketrans(b"-_", b"+/")
_BLANKS = b" \t\r\n\f\v"
_MEDIA_TYPE = re.compile(r"data:\s*([a-z0-9.+/-]{0,64})(?=\s*[;,])", re.IGNORECASE)
_ALPHABET = re.compile(r"[A-Za-z0-9+/_-]+={0,2}\Z")
_SOME_CHARS = 64
_MANY_CHARS = 256
"""No path is that long without a dot in it."""


def trimmed(text: str) -> str:
    """A cell's text as everything here reads it: without blanks and marks around it."""
    before = None
    while text != before:
        before, text = text, text.strip().strip(_EDGES)
    return text


def is_data_uri(text: str) -> bool:
    """Whether a trimmed text is a ``data:`` URI."""
    return text[:5].lower() == "data:"


def data_uri_bytes(uri: str, max_bytes: int) -> bytes:
    """The bytes inside a ``data:`` URI.

    Raises ``ImageError``: ``INVALID_REFERENCE`` or ``TOO_LARGE_BYTES``.
    """
    header, payload = _parted(trimmed(uri)[5:])
    is_base64 = _BASE64.search(header) is not None or begins_an_image(payload)
    if is_base64:
        payload = _unescaped(payload)
    if len(payload) > (max_bytes * 4 // 3 + 4) * (1 if "%" not in payload else 3):
        raise _too_large(max_bytes)
    try:
        data = unquote_to_bytes(payload) if "%" in payload else payload.encode("ascii")
        if is_base64:
            data = data.translate(_WEB_SAFE, _BLANKS).rstrip(b"=")
            data = base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
    except (UnicodeError, binascii.Error):
        raise _invalid("data URI is not the base64 that it says") from None
    if len(data) > max_bytes:
        raise _too_large(max_bytes)
    return data


def _parted(text: str) -> tuple[str, str]:
    """Header and payload, of a URI that was escaped whole as well."""
    found = _UP_TO_BASE64.match(text)
    if found and _HEADER.fullmatch(header := unquote(html.unescape(found[1]))):
        return header, text[found.end() :]
    header, comma, payload = text.partition(",")
    if not comma:
        raise _invalid("data URI without a comma")
    return header, payload


def _unescaped(payload: str) -> str:
    """Base64 without what pages, JSON and forms put into it, and without a fragment."""
    if "&" in payload:
        payload = html.unescape(payload)
    if "\\" in payload:
        payload = _ESCAPED.sub("", payload)
    payload = payload.partition("#")[0]
    if payload.isascii():
        return payload
    return "".join(each for each in payload if each not in _EDGES and not each.isspace())


def base64_uri(text: str) -> str | None:
    """Plain base64 of an image as the ``data:`` URI that it lacks; None for any other text.

    A text of those letters alone is taken for it where an image begins in it, or where it is
    longer than a path would be.
    """
    if headless := _HEADLESS.match(text):
        return f"data:{text}" if begins_an_image(text[headless.end() :]) else None
    if quoted := _PYTHON_BYTES.match(text):
        text = quoted[2]
    compact = "".join(text.split())
    if len(compact) < _SOME_CHARS or not _ALPHABET.match(compact):
        return None
    uri = f"data:;base64,{compact}"
    return uri if len(compact) >= _MANY_CHARS or begins_an_image(compact) else None


def begins_an_image(text: str) -> bool:
    """Whether the first letters of a text are base64 of an image that can be decoded."""
    from moderation.images.decoding.sniff import identify

    head = "".join(text[: 2 * _SOME_CHARS].split())[:_SOME_CHARS]
    if len(head) < _SOME_CHARS or not _ALPHABET.match(head):
        return False
    try:
        identify(data_uri_bytes(f"data:;base64,{head}", _SOME_CHARS))
    except ImageError:
        return False
    return True


def safe_data_uri(uri: str) -> str:
    """What of a ``data:`` URI may be printed: its media type, its size, its digest."""
    media_type = _MEDIA_TYPE.match(trimmed(uri))
    kind = media_type[1].lower() if media_type else ""
    try:
        data = data_uri_bytes(uri, max_bytes=len(uri))
    except ImageError:
        return f"data:{kind} (malformed)"
    return f"data:{kind} ({len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:12]})"


def _too_large(max_bytes: int) -> ImageError:
    return ImageError(Code.TOO_LARGE_BYTES, f"data URI holds more than {max_bytes} bytes")


def _invalid(message: str) -> ImageError:
    return ImageError(Code.INVALID_REFERENCE, message)
