"""Which column may be meant by a field that a file lacks: other spellings, other usual names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.records import Kind, fields_of

_KNOWN = frozenset(name for kind in Kind for name in (*fields_of(kind), "label"))
_NO_LETTERS = re.compile(r"[\W_]+")
_NUMBERED = re.compile(r"(.+)_([12])")
_CLOSE = 0.8
_PROSE_WORDS = 4

_USUAL = {
    "id": (
        "id",
        "idstr",
        "tweetid",
        "postid",
        "itemid",
        "statusid",
        "memeid",
        "uuid",
        "uid",
        "key",
    ),
    "text": (
        *("text", "body", "content", "caption", "message", "comment", "posttext", "post"),
        *("tweettext", "tweet", "fulltext", "rawtext", "textcontent", "sentence", "description"),
    ),
    "img": (
        *("img", "image", "imagepath", "imgpath", "imageurl", "imgurl", "imagefile", "imagename"),
        *("picture", "photo", "photourl", "mediaurl", "media", "filename", "filepath", "file"),
    ),
    "label": ("label", "class", "target", "gold", "hateful"),
}
_USUAL["image"] = _USUAL["img"]


def likely_columns(wanted: Iterable[str], columns: Iterable[str]) -> dict[str, str]:
    """Field → column, for the wanted fields that a column's name suggests."""
    plain = {_plain(column): column for column in columns if column not in _KNOWN}
    found: dict[str, str] = {}
    for field in wanted:
        names = [name for name in _usual_names(field) if name in plain]
        close = difflib.get_close_matches(_plain(field), plain, n=1, cutoff=_CLOSE)
        for name in (*names, *close):
            if plain[name] not in found.values():
                found[field] = plain[name]
                break
    return found


def text_columns(field: str, fields: Mapping[str, Any]) -> list[str]:
    """Columns of a row without ``field`` that may be it: by their name, or by holding prose."""
    by_name = likely_columns([field], fields)
    return [*by_name.values()] or [
        name
        for name, value in fields.items()
        if name not in _KNOWN and isinstance(value, str) and len(value.split()) >= _PROSE_WORDS
    ]


def _usual_names(field: str) -> list[str]:
    """``text_1`` goes by the names of ``text`` with a number behind, or a letter."""
    numbered = _NUMBERED.fullmatch(field)
    if not numbered:
        return [*_USUAL.get(field, (field,))]
    base, number = numbered[1], numbered[2]
    marks = (number, "a" if number == "1" else "b")
    others = {"text": ("premise", "hypothesis")}.get(base, ())
    return [f"{name}{mark}" for name in _USUAL[base] for mark in marks] + [
        *others[int(number) - 1 : int(number)]
    ]


def _plain(name: str) -> str:
    return _NO_LETTERS.sub("", str(name)).lower()
