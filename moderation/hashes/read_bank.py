"""A bank's file as its entries, each with its place: CSV, JSON, JSON lines, or a plain list.

What a file is, its content tells: names of such files tell little. A list has a hash a line,
perhaps behind its type and before a name, as ``sha256sum`` and ``threatexchange`` write them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json

from moderation.hashes.entries import (
    BadEntry,
    Entry,
    Fields,
    LeftOut,
    algorithm_of,
    is_hash,
    names_a_hash,
    row_entry,
)
from moderation.hashes.exchanges import Reader, reader_of
from moderation.storage.input_files import PACKED, Compression
from moderation.storage.opening import open_bytes
from schemas.hashes import Algorithm

Read = Entry | LeftOut | BadEntry
Placed = tuple[str, Read]
"""Where in the file, as in ``line 7``, and what stands there."""

_LISTED = re.compile(
    r"(?:(?P<kind>[A-Za-z]\w*)[ \t]+)?"
    r"(?P<hash>[0-9A-Fa-f]{8,})"
    r"(?:(?P<gap>[ \t]+\*?)(?P<name>\S.*))?"
)
_SUMMED = frozenset({"  ", " *"})
"""Between digest and name where ``sha256sum`` wrote the line."""
_UNNAMED = {4: ("hash", "id", "added_on", "tags"), 2: ("hash", "id"), 1: ("hash",)}
"""Columns of a file without a header, by their number: of ThreatExchange's client, of anybody."""
_HASHED = ("hash", "quality", "id")
"""Of PDQ's own tools."""
_MOST_DEPTH = 6


def read_bank(path: str, assumed: Algorithm | None = None) -> Iterator[Placed]:
    """All that a file holds, in its order.

    Args:
        path: local or of a store; also ``.gz``, ``.bz2``, ``.zst``.
        assumed: what a hash is of where the file does not say it, nor its name, as in
            ``known.sha256``.

    Raises:
        OSError, EOFError: the file cannot be read.
    """
    name = path.rsplit("/", 1)[-1].lower()
    packed = next((suffix for suffix in PACKED if name.endswith(suffix)), "")
    with open_bytes(path, compression=PACKED.get(packed, Compression.NONE)) as stream:
        data = stream.read().removeprefix(b"\xef\xbb\xbf")
    told = next(filter(None, map(algorithm_of, name.split("."))), None)
    return _entries(data, assumed or told)


def _entries(data: bytes, assumed: Algorithm | None) -> Iterator[Placed]:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return iter([(f"line {line}", BadEntry("is not UTF-8"))])
    first = next((line for line in io.StringIO(text) if _says_something(line)), "").strip()
    if first.startswith("[") or (first.startswith("{") and not _is_json(first)):
        return _document(data, assumed)
    if first.startswith("{"):
        return _json_lines(data, assumed)
    if "," in first or "\t" in first or names_a_hash([first]):
        return _csv(text, "," if "," in first else "\t", assumed)
    return _list(text, assumed)


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _is_json(line: str) -> bool:
    try:
        from_json(line)
    except ValueError:
        return False
    return True


def _document(data: bytes, assumed: Algorithm | None) -> Iterator[Placed]:
    try:
        whole = from_json(data)
    except ValueError as error:
        yield "the file", BadEntry(f"is no JSON ({error})")
        return
    yield from _found(whole, "", assumed)


def _json_lines(data: bytes, assumed: Algorithm | None) -> Iterator[Placed]:
    for number, line in enumerate(io.BytesIO(data), 1):
        if not line.strip():
            continue
        try:
            value = from_json(line)
        except ValueError as error:
            yield f"line {number}", BadEntry(f"is no JSON ({error})")
            continue
        yield from _found(value, f"line {number}", assumed)


def _found(value: Any, place: str, assumed: Algorithm | None, depth: int = 0) -> Iterator[Placed]:
    """The entries of a JSON value: itself, or what lies in its lists."""
    if isinstance(value, list) and depth < _MOST_DEPTH:
        for at, each in enumerate(value):
            yield from _found(each, f"{place}[{at}]", assumed, depth + 1)
        return
    if not isinstance(value, dict):
        yield place or "the file", BadEntry("is no object with a hash")
        return
    read = reader_of(value)
    if read is not None:
        yield place or "the file", _read(read, value, assumed)
        return
    lists = {name: each for name, each in value.items() if isinstance(each, list)}
    if not lists:
        yield place or "the file", BadEntry("is no object with a hash")
    for name, each in lists.items():
        yield from _found(each, f"{place}{' ' * bool(place)}{name}", assumed, depth + 1)


def _csv(text: str, delimiter: str, assumed: Algorithm | None) -> Iterator[Placed]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    try:
        for row in rows:
            if not any(row) or row[0].startswith("#"):
                continue
            place = f"line {rows.line_num}"
            if header is None:
                header = [""] if any(is_hash(each.strip()) for each in row) else row
                if header is row:
                    if not names_a_hash(row):
                        yield place, BadEntry(f"no column of {', '.join(row)[:200]} is a hash's")
                        return
                    continue
            yield place, _of_row(header, row, assumed)
    except csv.Error as error:
        yield f"line {rows.line_num}", BadEntry(f"is no CSV ({error})")


def _of_row(header: list[str], row: list[str], assumed: Algorithm | None) -> Read:
    """A row by its header, or as tools write that write none."""
    if header == [""]:
        return _read(
            row_entry, dict(zip(_UNNAMED.get(len(row), _HASHED), row, strict=False)), assumed
        )
    if len(row) != len(header):
        return BadEntry(f"has {len(row)} fields, and the header {len(header)}")
    return _read(row_entry, dict(zip(header, row, strict=True)), assumed)


def _list(text: str, assumed: Algorithm | None) -> Iterator[Placed]:
    for number, line in enumerate(io.StringIO(text), 1):
        if not _says_something(line):
            continue
        found = _LISTED.fullmatch(line.strip())
        if found is None:
            yield f"line {number}", BadEntry(f"{line.strip()[:40]!r} is no hash")
            continue
        kind = found["kind"]
        if kind is not None and algorithm_of(kind) is None:
            yield f"line {number}", LeftOut(f"of type {kind[:40]}")
            continue
        summed = Algorithm.SHA256 if found["gap"] in _SUMMED and len(found["hash"]) == 64 else None
        fields = {"hash": found["hash"], "algorithm": kind, "id": found["name"]}
        yield f"line {number}", _read(row_entry, fields, assumed or summed)


def _read(read: Reader, fields: Fields, assumed: Algorithm | None) -> Read:
    try:
        return read(fields, assumed)
    except BadEntry as error:
        return error
