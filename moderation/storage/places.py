"""Where a path leads: a local file by its absolute path, or an object of a store."""

from __future__ import annotations

import os
import re
from urllib.parse import unquote

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_FILE = re.compile(r"file:(?://(?:localhost)?(?=/)|(?=/(?!/)))", re.IGNORECASE)
_HELP = {
    "http": "download it first (only images are fetched from URLs)",
    "https": "download it first (only images are fetched from URLs)",
    "hf": "download the data set first, and name its files",
}


class PlaceError(ValueError):
    """A path that leads nowhere; the message says why and what to do, without the path."""


def place(path: str) -> str:
    """The path as it holds from any working directory: absolute, or ``gs://…``.

    ``file://`` URLs are read as paths, percent-escapes undone. Links are kept as they are, except
    before a ``..``, which goes up from where the link leads.

    Raises:
        PlaceError: for a URL of another scheme, or a name that is not UTF-8.
    """
    url = _FILE.match(path)
    if url:
        path = unquote(path[url.end() :])
    elif scheme := _SCHEME.match(path):
        return _store(path, scheme[1].lower())
    if not path:
        raise PlaceError("the path is empty")
    made = _absolute(path)
    if not is_utf8(made):
        raise PlaceError("the name is not UTF-8, so nothing could name it: rename it first")
    return made


def is_utf8(path: str) -> bool:
    """Whether a path as Python has it is text that a file can hold."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(path: str) -> str:
    """A path as a terminal and JSON can show it: what is no text is escaped."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _store(path: str, scheme: str) -> str:
    if scheme == "file":
        raise PlaceError("a file:// URL names no other machine: write file:///path, or the path")
    if scheme != "gs":
        remedy = _HELP.get(scheme, "copy it to a local folder or to gs:// first")
        raise PlaceError(f"{scheme}:// is not known here, only local paths and gs://: {remedy}")
    return f"gs://{path[len('gs://') :].rstrip('/')}"


def _absolute(path: str) -> str:
    before, up, after = path.rpartition("/../")
    if up or path.startswith("../"):
        base = os.path.realpath(f"{before}{up}" if up else "..")
        return os.path.normpath(os.path.join(base, after if up else path[len("../") :]))
    if path == ".." or path.endswith("/.."):
        return os.path.realpath(path)
    return os.path.abspath(path)
