"""Texts as a page may show them: no sign that steers a screen or a line, no more than fits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from moderation.audit.redact_text import redact

_STEERS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters but for tabs and line breaks; signs of direction, and those that are nothing
to see: who reads has to know that they are there."""
_JOINERS = "\u200c\u200d"
"""Parts of words in Persian and Indic scripts, and of emoji."""
_MOST_MARKS = 4
"""Accents on one letter: a tower of them covers the lines above."""


Tell = Callable[[str], str]
"""What is done to a record's own words before they are shown."""


def words(*, redacted: bool) -> Tell:
    """How a record's words are shown: as they are, or without who is named in them."""
    return (lambda text: fit(redact(text))) if redacted else fit


def fit(text: str) -> str:
    """The text with such signs spelled, as in ``⟨U+202E⟩``."""
    spelled = _STEERS.sub(_spelled, text.replace("\r\n", "\n"))
    return spelled if spelled.isascii() else _without_towers(spelled)


def cut(text: str, most: int) -> tuple[str, int]:
    """The first characters of a text, and how many are left out."""
    return (text, 0) if len(text) <= most else (text[:most], len(text) - most)


def whole_words(text: str) -> str:
    """A text that was cut, without its last word: it may be the beginning of an address."""
    return text.rpartition(" ")[0] or text


def _spelled(found: re.Match[str]) -> str:
    sign = found[0]
    return sign if sign in _JOINERS else f"\u27e8U+{ord(sign):04X}\u27e9"


def _without_towers(text: str) -> str:
    kept, marks = [], 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)
