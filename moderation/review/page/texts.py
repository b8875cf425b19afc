"""Texts of items as a page shows them: what is invisible or turns the line round is named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

FIRST_CHARS = 3_000
"""A longer text is folded behind so many."""

_NAMED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls, marks of direction, and what has no width; not the joiners that emoji are made with."""


class Piece(NamedTuple):
    """Part of a text."""

    text: str
    name: str | None
    """Of a character that could not be seen; ``text`` is then its number."""


class ShownText(NamedTuple):
    """A text in pieces: first what is shown, then what is folded."""

    first: list[Piece]
    rest: list[Piece]


def shown_text(text: str) -> ShownText:
    """A text, whole, whatever it holds."""
    text = text.replace("\r\n", "\n")
    return ShownText([*_pieces(text[:FIRST_CHARS])], [*_pieces(text[FIRST_CHARS:])])


def _pieces(text: str) -> Iterator[Piece]:
    place = 0
    for found in _NAMED.finditer(text):
        if found.start() > place:
            yield Piece(text[place : found.start()], None)
        yield Piece(f"U+{ord(found[0]):04X}", unicodedata.name(found[0], "control").lower())
        place = found.end()
    if place < len(text):
        yield Piece(text[place:], None)
