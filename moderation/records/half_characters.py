"""Characters that a cut left in half: what remains is U+FFFD, and the text around it is read.

A post that ends in half an emoji would otherwise be a row that cannot be read, which is to say a
post that is never judged.
"""

from __future__ import annotations

import re

_REPLACEMENT = "�".encode()

_PAIR = re.compile(rb"\xed([\xa0-\xaf][\x80-\xbf])\xed([\xb0-\xbf][\x80-\xbf])")
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_CUT = re.compile(
    rb"(?:[\xe1-\xec\xee\xef][\x80-\xbf]|[\xf1-\xf3][\x80-\xbf]{1,2}"
    rb"|\xe0[\xa0-\xbf]|\xed[\x80-\x9f]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]?|\xf4[\x80-\x8f][\x80-\xbf]?)(?![\x80-\xbf])"
    rb"|[\xe2\xef\xf0](?=[\",;|\t\r\n]|\Z)"
)
_ESCAPE = re.compile(
    rb"\\(?:u(?:[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<lone>[dD][89a-fA-F][0-9a-fA-F]{2}))|.)",
    re.DOTALL,
)


def mend_utf8(raw: bytes) -> bytes:
    """The bytes with halves of characters replaced; what else is wrong with them stays.

    Halves are surrogates written as if they were characters (two that belong together become the
    one they mean), sequences cut after two bytes or more, and the first byte of an emoji where a
    text ends. Any other single byte may as well be another encoding's letter.
    """
    raw = _PAIR.sub(_joined, raw)
    return _CUT.sub(_REPLACEMENT, _SURROGATE.sub(_REPLACEMENT, raw))


def mend_escapes(line: bytes) -> bytes:
    """JSON in which the escape of half a character reads U+FFFD instead."""
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found["lone"] else found[0], line)


def _joined(found: re.Match[bytes]) -> bytes:
    high, low = (part[0] << 6 & 0x3C0 | part[1] & 0x3F for part in found.groups())
    return chr(0x10000 + (high << 10) + (low & 0x3FF)).encode()
