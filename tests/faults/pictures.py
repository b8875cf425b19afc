"""Small pictures for tests, made when they are needed."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image


@lru_cache(maxsize=64)
def jpeg(
    width: int = 64, height: int = 48, *, colour: tuple[int, int, int] = (200, 60, 20)
) -> bytes:
    """A JPEG of one colour with a gradient, a few kilobytes at most."""
    return encoded(picture(width, height, colour=colour), "JPEG", quality=85)


@lru_cache(maxsize=64)
def png(
    width: int = 64, height: int = 48, *, colour: tuple[int, int, int] = (20, 60, 200)
) -> bytes:
    """The same as PNG."""
    return encoded(picture(width, height, colour=colour), "PNG")


def picture(width: int, height: int, *, colour: tuple[int, int, int]) -> Image.Image:
    """One colour that brightens to the right."""
    ramp = Image.linear_gradient("L").rotate(90).resize((width, height))
    flat = Image.new("RGB", (width, height), colour)
    return Image.blend(flat, Image.merge("RGB", [ramp] * 3), 0.3)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of an image file."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()
