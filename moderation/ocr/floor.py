"""Which lines are text: readers see letters in wheels, roofs and eyes, with some confidence.

Inventions are unsure, or a letter or two over much of the picture. The limits were chosen on memes,
whose lines are known, and on photographs without text: docs/decisions/0043-text-from-pictures.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from moderation.ocr.types import Line

SCORE = 0.8
"""Of any line."""
SHORT, SHORT_SCORE, SHORT_SHARE = 3, 0.95, 0.25
"""Letters and digits of a short line; its score, and the most of the picture's longer side that it
may be high."""
LEAST = 3
"""Letters and digits of a picture's lines together."""


def texts_among(lines: Iterable[Line], *, longer_px: int) -> Sequence[Line]:
    """The lines that are text; none where they hold too little to be one."""
    kept = [line for line in lines if _is_text(line, longer_px)]
    return kept if sum(_size(line) for line in kept) >= LEAST else []


def _is_text(line: Line, longer_px: int) -> bool:
    size = _size(line)
    if not size or line.score < SCORE:
        return False
    small = line.height <= SHORT_SHARE * longer_px
    return size > SHORT or (line.score >= SHORT_SCORE and small)


def _size(line: Line) -> int:
    """Letters and digits."""
    return sum(map(str.isalnum, line.text))
