"""From what a record says to what is opened. Lexical: nothing here touches a disk or a network."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import posixpath
import re
from urllib.parse import unquote, unquote_to_bytes

from moderation.images.types import ImageError, ImageRef
from moderation.images.urls import parse_url
from schemas.codes import Code

MAX_PRINTED_CHARS = 500

_SCHEME = re.compile(r"(?i)(https?|gs|data|file):")
_ANY_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_USERINFO = re.compile(r"((?::|^)[/\\]+)(?:[^/?#]*|[^/?#]*:(?![0-9]*(?:/|$))[^?#]*)@")
_BASE64_SPACE = re.compile(rb"[ \t\r\n\f]+")


def locate(field: str, reference: str, *, root: str, allow_outside_root: bool = False) -> ImageRef:
    """Turn a record's reference into what the door opens.

    Args:
        field: the record's field, kept for reports.
        reference: URL, ``gs://`` object, ``data:`` URI, ``file://`` URL or a path.
        root: folder (local or ``gs://``) that relative paths are joined to, and that local
            paths stay inside.
        allow_outside_root: paths may lead anywhere, by ``..``, absolute or through links.

    Raises:
        ImageError: ``INVALID_REFERENCE`` for what names nothing, ``OUTSIDE_ROOT`` for a path
            that leaves the root by its text. Links are judged when the file is opened.
    """
    text = reference.strip(" \t\r\n")
    safe = safe_reference(text)
    if not text:
        raise _invalid("the reference is empty")
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match else ""
    if scheme == "data":
        return ImageRef(field, safe, text, None)
    if _CONTROL.search(text):
        raise _invalid("the reference holds control characters")
    if scheme in ("http", "https"):
        parse_url(text)
        return ImageRef(field, safe, text, None)
    if scheme == "gs":
        return ImageRef(field, safe, _gs(text), None)
    if scheme == "file":
        text = _file_path(text)
    elif other := _ANY_SCHEME.match(text):
        raise _invalid(f"scheme {other[1]!r} is not one of http, https, gs, data, file")
    elif text.startswith("//"):
        raise _invalid("a URL without its scheme")
    location, inside = _join(root, text)
    if not inside and not allow_outside_root:
        raise ImageError(Code.OUTSIDE_ROOT, "the path leads outside the image root")
    return ImageRef(field, safe, location, None if allow_outside_root else _normal(root))


def locate_bytes(field: str, data: bytes) -> ImageRef:
    """The reference of image bytes that lie in the record itself."""
    described = f"bytes ({len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:12]})"
    encoded = base64.b64encode(data).decode("ascii")
    return ImageRef(field, described, f"data:;base64,{encoded}", None)


def data_uri_bytes(uri: str, max_bytes: int) -> bytes:
    """The bytes inside a ``data:`` URI.

    Raises ``ImageError``: ``INVALID_REFERENCE`` or ``TOO_LARGE_BYTES``.
    """
    header, comma, payload = uri[5:].partition(",")
    if not comma:
        raise _invalid("data URI without a comma")
    is_base64 = header.rstrip().lower().endswith(";base64")
    if len(payload) > (max_bytes * 4 // 3 + 4) * (1 if "%" not in payload else 3):
        raise ImageError(Code.TOO_LARGE_BYTES, f"data URI holds more than {max_bytes} bytes")
    try:
        data = unquote_to_bytes(payload) if "%" in payload else payload.encode("ascii")
        if is_base64:
            data = _BASE64_SPACE.sub(b"", data).translate(bytes.maketrans(b"-_", b"+/"))
            data = data.rstrip(b"=")
            data = base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
    except (UnicodeError, binascii.Error):
        raise _invalid("data URI is not the base64 that it says") from None
    if len(data) > max_bytes:
        raise ImageError(Code.TOO_LARGE_BYTES, f"data URI holds more than {max_bytes} bytes")
    return data


def safe_reference(reference: str) -> str:
    """A reference that may be printed: no query, fragment, userinfo, inline bytes or controls."""
    text = reference.strip(" \t\r\n")
    if text[:5].lower() == "data:":
        return _safe_data_uri(text)
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text[: 4 * MAX_PRINTED_CHARS])
    if _SCHEME.match(text) or _ANY_SCHEME.match(text) or text.startswith("//"):
        text = re.split(r"[?#]", _USERINFO.sub(r"\1", text, count=1), maxsplit=1)[0]
    return text if len(text) <= MAX_PRINTED_CHARS else text[:MAX_PRINTED_CHARS] + "…"


def _safe_data_uri(uri: str) -> str:
    media_type = re.match(r"(?i)data:([a-z0-9.+/-]{0,64})(?=[;,])", uri)
    kind = media_type[1].lower() if media_type else ""
    try:
        data = data_uri_bytes(uri, max_bytes=len(uri))
    except ImageError:
        return f"data:{kind} (malformed)"
    return f"data:{kind} ({len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:12]})"


def _gs(text: str) -> str:
    bucket, _, name = text[5:].partition("/") if text[3:5] == "//" else ("", "", "")
    if not bucket or not name:
        raise _invalid("a gs:// reference names a bucket and an object")
    return f"gs://{bucket}/{name}"


def _file_path(text: str) -> str:
    rest = text[5:]
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if host.lower() not in ("", "localhost"):
            raise _invalid("a file:// reference to another host")
        rest = slash + path
    try:
        path = unquote(rest, errors="strict") if "%" in rest else rest
    except UnicodeDecodeError:
        raise _invalid("a file:// reference that is no UTF-8") from None
    if not path.startswith("/") or _CONTROL.search(path):
        raise _invalid("a file:// reference without an absolute path")
    return path


def _normal(root: str) -> str:
    return root.rstrip("/") if root.startswith("gs://") else os.path.abspath(root)


def _join(root: str, path: str) -> tuple[str, bool]:
    base = _normal(root)
    if not base.startswith("gs://"):
        joined = os.path.normpath(os.path.join(base, path))
        return joined, joined == base or joined.startswith(base.rstrip("/") + "/")
    if path.startswith("/"):
        return posixpath.normpath(path), False
    if {".", ".."} & set(path.split("/")):
        path = posixpath.normpath(path)
    return f"{base}/{path}", path != ".." and not path.startswith("../")


def _invalid(message: str) -> ImageError:
    return ImageError(Code.INVALID_REFERENCE, message)
