"""Labels as tables and files spell them, made plain."""

from __future__ import annotations

import re

from pydantic_core import from_json

from schemas.records import Kind

_WHOLE = re.compile(r"(-?\d+)\.0+")
_YES_NO = {"true": "1", "false": "0"}


def plain_label(label: str | None, kind: Kind) -> str | None:
    """A label without what a table's types did to it; None where there is none.

    Blanks around it go, ``1.0`` is ``1``, and of a meme ``True`` is ``1``.
    """
    text = (label or "").strip()
    if not text or text.lower() in ("nan", "null", "none"):
        return None
    whole = _WHOLE.fullmatch(text)
    if whole:
        return whole[1]
    return _YES_NO.get(text.lower(), text) if kind is Kind.MEME else text


def label_names(label: str | tuple[str, ...] | None, separator: str) -> list[str] | None:
    """The labels of a record that may have several, sorted; None where it has no label at all.

    A text is a JSON array, or names with the separator between them; the separator alone is none
    of the labels.
    """
    if isinstance(label, str):
        parts = _parts(label, separator) if plain_label(label, Kind.TWEET_PAIR) else None
    else:
        parts = label
    if parts is None:
        return None
    return sorted({plain_label(part, Kind.TWEET_PAIR) or "" for part in parts})


def _parts(text: str, separator: str) -> tuple[str, ...]:
    if text.strip().startswith("["):
        try:
            return tuple(map(str, from_json(text)))
        except ValueError:
            pass
    return tuple(part for part in text.split(separator) if part.strip())
