"""The decoder as a child process runs it. Imports Pillow, and no numpy until a picture needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import AvifImagePlugin

from moderation.images.decoding.decode import MoreRoomError, decode_picture
from moderation.images.decoding.limits import DecodeLimits
from moderation.images.types import ImageFailure, Target

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # there is a child for each core


class _Room:
    """Remembers how many pixels were asked for, and refuses more than were granted."""

    def __init__(self, granted: int) -> None:
        self._granted = granted
        self.asked = 0

    @contextmanager
    def __call__(self, pixels: int) -> Iterator[None]:
        self.asked = pixels
        if pixels > self._granted:
            raise MoreRoomError(pixels)
        yield


def decode(
    data: bytes, *, target: dict[str, Any], larger_px: int, limits: dict[str, Any], granted: int
) -> tuple[bytes, bytes | None]:
    """Decode one picture.

    Args:
        data: the encoded image.
        target: a ``Target``'s fields but ``further``.
        larger_px: the target's.
        limits: a ``DecodeLimits``'.
        granted: pixels that may be decoded without asking.

    Returns:
        ``b"image WIDTH HEIGHT FORMAT LARGER"`` and its RGB bytes, then those of a larger picture
        of that width (0: there is none); or ``b"failed CODE PIXELS MESSAGE"``, with the pixels
        that it was about (0: not known); or ``b"wants PIXELS"``, to be asked for.
    """
    room = _Room(granted)
    bounds = DecodeLimits(**limits)
    try:
        found = decode_picture(
            data, Target(**target), larger_px=larger_px, limits=bounds, gate=room
        )
    except MoreRoomError as error:
        return b"wants %d" % error.pixels, None
    if isinstance(found, ImageFailure):
        return f"failed {found.code.value} {room.asked} {found.message}".encode(), None
    facts = f"image {found.width} {found.height} {found.format}"
    if found.larger is None:
        return f"{facts} 0".encode(), found.image.tobytes()
    rgb = found.image.tobytes() + found.larger.tobytes()
    return f"{facts} {found.larger.width}".encode(), rgb
