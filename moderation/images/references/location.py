"""From what a record says to what is opened. Lexical: nothing here touches a disk or a network."""

from __future__ import annotations

import os
import posixpath
import re
from urllib.parse import unquote

from moderation.images.references.data_uris import base64_uri, trimmed
from moderation.images.references.printing import CONTROL, safe_reference
from moderation.images.references.urls import parse_url
from moderation.images.types import ImageError, ImageRef
from schemas.codes import Code

_SCHEME = re.compile(r"(?i)(https?|gs|data|file):")
_ANY_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


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
    text = trimmed(reference)
    safe = safe_reference(text)
    if not text:
        raise _invalid("the reference is empty")
    text = base64_uri(text) or text
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match else ""
    if scheme == "data":
        return ImageRef(field, safe, text, None)
    if CONTROL.search(text):
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


def slashed(location: str, root: str | None) -> str | None:
    """The place that a path written on Windows means; None where nothing in it was.

    A backslash may stand in a name: this is for where no such file was found.
    """
    base = f"{root.rstrip('/')}/" if root else ""
    if not location.startswith(base) or "\\" not in location[len(base) :]:
        return None
    return base + location[len(base) :].replace("\\", "/")


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
    if not path.startswith("/") or CONTROL.search(path):
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
