"""Pictures for the eye: read from files, and disturbed as reposts disturb them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance

Array = np.ndarray[Any, Any]

SIDE = 64
"""Height and width in pixels of the pictures that the bundle takes."""

_WORKING_SIDE = 256


def read_pictures(paths: Sequence[Path]) -> list[Image.Image]:
    """The pictures in RGB, no side above 256 pixels times their aspect."""
    return [_read(path) for path in paths]


def to_pixels(picture: Image.Image) -> Array:
    """uint8 [SIDE, SIDE, 3], squeezed to the square as the image door does."""
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.uint8)


def repost(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """The picture as somebody else posts it: cropped, recompressed, toned or written on."""
    for change in (_crop, _tone, _write_on, _shrink, _recompress):
        if random.random() < 0.5:
            picture = change(picture, random)
    return picture


def _read(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.draft("RGB", (_WORKING_SIDE, _WORKING_SIDE))
        picture = image.convert("RGBA")
    flat = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    flat.alpha_composite(picture)
    flat.thumbnail((_WORKING_SIDE, _WORKING_SIDE))
    return flat.convert("RGB")


def _crop(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    cut = random.uniform(0, 0.06, size=4)
    width, height = picture.size
    return picture.crop(
        (
            int(cut[0] * width),
            int(cut[1] * height),
            width - int(cut[2] * width),
            height - int(cut[3] * height),
        )
    )


def _tone(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    for enhancer in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        picture = enhancer(picture).enhance(float(random.uniform(0.8, 1.2)))
    return picture


def _write_on(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    picture = picture.copy()
    width, height = picture.size
    top = int(random.uniform(0, 0.85) * height)
    colour = tuple(int(value) for value in random.integers(0, 256, 3))
    ImageDraw.Draw(picture).rectangle((0, top, width, top + int(0.12 * height)), fill=colour)
    return picture


def _shrink(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    scale = random.uniform(0.3, 0.9)
    size = (max(8, int(scale * picture.width)), max(8, int(scale * picture.height)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _recompress(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=int(random.integers(25, 90)))
    return Image.open(buffer).convert("RGB")
