"""What a JPEG's frame marker says, read before a decoder is asked for anything.

A decoder may be asked for a smaller picture where the frame is sequential or progressive with
Huffman codes and nowhere else: what it makes of the wish for another frame is left to luck. The
walk is that of a decoder: segments are stepped over by their length, so that a thumbnail inside
one is never taken for the picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from moderation.images.types import ImageError
from schemas.codes import Code

_MAX_SEGMENTS = 10_000
_MARKER = re.compile(rb"\xff([^\xff\x00])", re.DOTALL)
"""The last byte of any padding, and a code; what lies before it is junk that decoders skip."""

_SOI, _EOI, _SOS, _DHP = 0xD8, 0xD9, 0xDA, 0xDE
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a segment: TEM and the restarts."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xCC}
"""All but DHT and DAC."""
_SCALABLE = frozenset({0xC0, 0xC1, 0xC2})
_DECODED = _SCALABLE | {0xC3, 0xC9, 0xCA}
_NAMES = {
    0xC8: "of a reserved kind",
    0xCB: "lossless with arithmetic codes",
    **dict.fromkeys((0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF), "in differences (hierarchical)"),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The one frame of a JPEG, as its marker describes it."""

    code: int
    """Second byte of the marker: C0 baseline, C1 extended, C2 progressive, C3 lossless…"""
    bits: int
    """Of one value of one channel."""
    width: int
    height: int
    channels: int

    @property
    def scalable(self) -> bool:
        """Whether a decode at a reduced scale is defined for it."""
        return self.code in _SCALABLE


def read_frame(data: bytes) -> Frame | None:
    """The frame of a JPEG; None where the header ends before one, for the decoder to say so.

    Raises ``ImageError``: ``UNSUPPORTED_FORMAT`` for frames that no decoder here carries,
    ``CORRUPT`` for several of them.
    """
    frame: Frame | None = None
    at = 2
    for _ in range(_MAX_SEGMENTS):
        found = _MARKER.search(data, at)
        if found is None:
            return None
        code, at = found[1][0], found.end()
        if code in _BARE:
            continue
        if code in (_SOI, _EOI):
            return None
        if code == _SOS:
            return frame
        if code == _DHP:
            raise _unsupported("a JPEG of several frames (hierarchical)")
        length = int.from_bytes(data[at : at + 2], "big")
        if length < 2 or at + length > len(data):
            return None
        if code in _FRAMES:
            if frame is not None:
                raise ImageError(Code.CORRUPT, "a JPEG with two frames")
            frame = _frame(code, data[at + 2 : at + length])
            if frame is None:
                return None
        at += length
    raise _unsupported("a JPEG of more segments than are read")


def _frame(code: int, body: bytes) -> Frame | None:
    if code not in _DECODED:
        raise _unsupported(f"a JPEG {_NAMES[code]}")
    if len(body) < 6 or len(body) != 6 + 3 * body[5]:
        return None
    bits, channels = body[0], body[5]
    if bits != 8:
        raise _unsupported(f"a JPEG of {bits} bits a channel")
    if channels not in (1, 3, 4):
        raise _unsupported(f"a JPEG of {channels} channels")
    height, width = (int.from_bytes(body[start : start + 2], "big") for start in (1, 3))
    return Frame(code, bits, width, height, channels)


def _unsupported(what: str) -> ImageError:
    return ImageError(Code.UNSUPPORTED_FORMAT, f"{what}, which is not decoded")
