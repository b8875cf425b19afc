"""From lines as a reader found them to the text of a picture."""

from __future__ import annotations

from collections.abc import Iterable

from moderation.ocr.floor import texts_among
from moderation.ocr.order import in_reading_order
from moderation.ocr.types import Ending, Line, Reading

_MOST_CHARS = 20_000


def reading_of(lines: Iterable[Line], *, width: int, height: int) -> Reading:
    """The reading of a picture of so many pixels.

    >>> found = [Line("WHEN YOU", 0.99, 10, 5, 90, 20), Line("0", 0.9, 0, 10, 100, 80)]
    >>> reading_of(found, width=100, height=100).text
    'WHEN YOU'
    """
    kept = texts_among(lines, longer_px=max(width, height))
    if not kept:
        return Reading(Ending.EMPTY)
    rows = (" ".join(_words(line) for line in row) for row in in_reading_order(kept))
    text = "\n".join(rows)[:_MOST_CHARS]
    return Reading(Ending.READ, text, round(min(line.score for line in kept), 4))


def _words(line: Line) -> str:
    return " ".join(line.text.split())
