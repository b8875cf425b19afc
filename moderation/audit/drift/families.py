"""Which block an item is dealt into: near-equal items share one.

Copies of a post are not independent, and most copies are not equal: a link, a mention, a number
differs. Figures that count items as if they were would see drift where one campaign goes round.
"""

from __future__ import annotations

import re
import string
import zlib
from collections.abc import Iterable

BLOCKS = 64

_LINKS = re.compile(rb"(?:https?://|www\.)\S+|@\w+")
_PASSED_OVER = (string.punctuation + string.digits + string.whitespace).encode()
_LEAST_BYTES = 12
"""Of what is left of a text: less is shared by strangers."""


def block_of_item(content_key: str, texts: Iterable[str], pictures: Iterable[str | None]) -> int:
    """The block of an item, 0 to ``BLOCKS - 1``: by its texts, else its pictures, else itself.

    Args:
        content_key: of the item.
        texts: in the order of their fields.
        pictures: digests of its pictures' bytes; None of those that could not be had.
    """
    said = b"\0".join([_gist(text) for text in texts])
    if len(said) >= _LEAST_BYTES:
        return zlib.crc32(said) % BLOCKS
    seen = "".join(filter(None, pictures))
    return block_of(f"{said.decode(errors='replace')}{seen or content_key}")


def block_of(text: str) -> int:
    """The block of anything that a text tells apart."""
    return zlib.crc32(text.encode(errors="backslashreplace")) % BLOCKS


def block_of_row(text: str) -> int:
    """The block of a row that is no item: rows that are alike but for numbers share one."""
    return zlib.crc32(_gist(text)) % BLOCKS


def _gist(text: str) -> bytes:
    """A text without links, mentions, numbers, punctuation, blanks and case."""
    raw = text.lower().encode(errors="backslashreplace")
    if b"@" in raw or b"www." in raw or b"http" in raw:
        raw = _LINKS.sub(b"", raw)
    return raw.translate(None, _PASSED_OVER)
