"""One entry of a bank: what its columns say, whatever they are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from schemas.hashes import Algorithm

Fields = Mapping[str, Any]
DIGITS = {Algorithm.PDQ: 64, Algorithm.MD5: 32, Algorithm.SHA256: 64}
MOST_TEXT, MOST_TAGS = 2_000, 100
_BY_NAME = {
    **dict.fromkeys(("pdq", "pdq_hash", "hash_pdq", "photo_pdq", "pdq_hex"), Algorithm.PDQ),
    **dict.fromkeys(("md5", "md5_hash", "hash_md5", "photo_md5"), Algorithm.MD5),
    **dict.fromkeys(
        ("sha256", "sha_256", "sha256_hash", "hash_sha256", "photo_sha256"), Algorithm.SHA256
    ),
}
_HASH = ("hash", "hash_value", "signal_str", "signal", "indicator", "raw_indicator", "value")
_KIND = ("algorithm", "hash_type", "signal_type", "indicator_type", "type")
_ID = (
    *("id", "entry_id", "entry", "item_id", "content_id", "name"),
    *("filename", "file_name", "file", "filepath", "file_path", "path"),
)
_TAGS = ("tags", "tag", "labels", "category")
_QUALITY = ("quality", "pdq_quality")
_NEGATIVE = "NEGATIVE_CLASS"
"""What ThreatExchange's client calls a false alarm."""
_NOTHING = (None, "")
_BETWEEN = re.compile(r"[\s,;|]+")
_HEX = re.compile(r"[0-9a-fA-F]+")


class BadEntry(ValueError):
    """An entry that cannot be used; the message says why."""


class LeftOut(NamedTuple):
    """An entry that is not looked for, as its bank says."""

    why: str
    until: int | None = None
    """When it will be, in seconds since 1970."""


class Entry(NamedTuple):
    """What a bank knows of a picture."""

    id: str | None
    hashes: tuple[tuple[Algorithm, bytes], ...]
    tags: tuple[str, ...] = ()
    quality: int | None = None
    """Of its PDQ hash."""
    text: str | None = None


def algorithm_of(name: str) -> Algorithm | None:
    """What a word stands for, as in ``HASH_PDQ``; None where it is none of ours."""
    return _BY_NAME.get(name.strip().lower().replace("-", "_"))


def column(name: str) -> str:
    """A column's name, however it is spelled."""
    return str(name).strip().lower().replace(" ", "_")


def names_a_hash(columns: Iterable[str]) -> bool:
    """Whether one of the columns holds hashes."""
    return bool({*map(column, columns)} & {*_HASH, *_BY_NAME})


def is_hash(text: str) -> bool:
    """Whether a text looks like a hash of a bank."""
    return len(text) in DIGITS.values() and bool(_HEX.fullmatch(text))


def row_entry(fields: Fields, assumed: Algorithm | None) -> Entry | LeftOut:
    """An entry out of columns.

    Args:
        fields: values by column.
        assumed: what a hash is of where nothing else says it.

    Raises:
        BadEntry: there is no hash, or one that is none.
    """
    of = _columns(tuple(fields))
    if _first(fields, of.category) == _NEGATIVE:
        return LeftOut(f"category {_NEGATIVE}")
    quality = _quality(_first(fields, of.quality))
    hashes = [
        (kind, digest_of(fields[name], kind))
        for kind, name in of.hashes
        if fields[name] not in _NOTHING
    ]
    if not hashes:
        found = _first(fields, of.any_hash)
        if found is None:
            raise BadEntry("has no hash")
        kind = _kind(_first(fields, of.kind), found, quality, assumed)
        if isinstance(kind, LeftOut):
            return kind
        hashes = [(kind, digest_of(found, kind))]
    return Entry(
        id=id_of(_first(fields, of.id)),
        hashes=tuple(hashes),
        tags=tags_of(_first(fields, of.tags)),
        quality=quality,
        text=text_of(_first(fields, of.text)),
    )


class _Columns(NamedTuple):
    """Of a row's columns, by what they hold, those that may hold it; the first that does counts."""

    hashes: tuple[tuple[Algorithm, str], ...]
    any_hash: tuple[str, ...]
    kind: tuple[str, ...]
    id: tuple[str, ...]
    tags: tuple[str, ...]
    quality: tuple[str, ...]
    text: tuple[str, ...]
    category: tuple[str, ...]


@lru_cache(maxsize=256)
def _columns(names: tuple[str, ...]) -> _Columns:
    spelled = {column(name): name for name in names}
    roles = (_HASH, _KIND, _ID, _TAGS, _QUALITY, ("text",), ("category",))
    found = [tuple(spelled[each] for each in role if each in spelled) for role in roles]
    hashes = tuple((kind, spelled[each]) for each, kind in _BY_NAME.items() if each in spelled)
    return _Columns(hashes, *found)


def text_of(value: Any) -> str | None:
    """A text, within bounds."""
    return None if value is None else str(value)[:MOST_TEXT]


def _kind(
    said: Any, found: Any, quality: int | None, assumed: Algorithm | None
) -> Algorithm | LeftOut:
    if said is not None and (assumed is None or algorithm_of(str(said))):
        return algorithm_of(str(said)) or LeftOut(f"of type {str(said)[:40]}")
    if len(str(found).strip()) == DIGITS[Algorithm.MD5]:
        return Algorithm.MD5
    if assumed is not None:
        return assumed
    if quality is not None:
        return Algorithm.PDQ
    raise BadEntry(
        "64 digits may be a PDQ hash or a SHA-256: call the column pdq or sha256, "
        "or give NAME=pdq:FILE or NAME=sha256:FILE"
    )


def digest_of(value: Any, kind: Algorithm) -> bytes:
    """A hash's bytes; raises ``BadEntry``."""
    text, wanted = str(value).strip(), DIGITS[kind]
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(text) == wanted == 2 * len(digest):
        return digest
    shown = text if len(text) <= 20 else f"{text[:20]}…"
    what = "" if _HEX.fullmatch(text) else "not all hexadecimal, "
    raise BadEntry(
        f"{kind.value} {shown!r}: {what}{len(text)} characters; {wanted} hexadecimal digits "
        "are wanted"
    )


def _quality(value: Any) -> int | None:
    if value is None:
        return None
    try:
        quality = int(value if isinstance(value, str) else str(value))
    except ValueError:
        quality = -1
    if not 0 <= quality <= 100:
        raise BadEntry(f"quality {str(value)[:20]!r}: a whole number from 0 to 100 is wanted")
    return quality


def tags_of(value: Any) -> tuple[str, ...]:
    """A list, one that ThreatExchange wraps, or a text with blanks, commas, ``|`` or ``;``."""
    if isinstance(value, str):
        return _split(value)
    if isinstance(value, Mapping):
        value = [each.get("text") for each in wrapped(value)]
    return _kept(value) if isinstance(value, (list, tuple)) else ()


@lru_cache(maxsize=4096)  # most entries of a bank have the tags of others
def _split(text: str) -> tuple[str, ...]:
    return _kept(_BETWEEN.split(text))


def _kept(tags: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(each)[:200] for each in tags if each not in _NOTHING)[:MOST_TAGS]


def wrapped(value: Any) -> list[Mapping[str, Any]]:
    """The objects of ``{"data": […]}``."""
    found = value.get("data") if isinstance(value, Mapping) else None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def id_of(value: Any) -> str | None:
    """An id as text."""
    return None if value is None else str(value)[:600]


def _first(fields: Fields, names: Iterable[str]) -> Any:
    for name in names:
        if (value := fields[name]) not in _NOTHING:
            return value
    return None
