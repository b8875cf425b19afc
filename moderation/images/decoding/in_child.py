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
    data: bytes, *, target: dict[str, Any], limits: dict[str, Any], granted: int
) -> tuple[bytes, bytes | None]:
    """Decode one picture.

    Args:
        data: the encoded image.
        target: a ``Target``'s fields.
        limits: a ``DecodeLimits``'.
        granted: pixels that may be decoded without asking.

    Returns:
        ``b"image WIDTH HEIGHT FORMAT"`` and its RGB bytes; or ``b"failed CODE PIXELS MESSAGE"``,
        with the pixels that it was about (0: not known); or ``b"wants PIXELS"``, to be asked for.
    """
    room = _Room(granted)
    try:
        found = decode_picture(data, Target(**target), limits=DecodeLimits(**limits), gate=room)
    except MoreRoomError as error:
        return b"wants %d" % error.pixels, None
    if isinstance(found, ImageFailure):
        return f"failed {found.code.value} {room.asked} {found.message}".encode(), None
    facts = f"image {found.width} {found.height} {found.format}"
    return facts.encode(), found.image.tobytes()
