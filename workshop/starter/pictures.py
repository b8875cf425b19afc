"""Pictures for the eye, and how reposts disturb them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance

Array = np.ndarray[Any, Any]

SIDE = 64
"""Height and width in pixels of the pictures that the bundle takes."""


def as_pictures(images: Array) -> list[Image.Image]:
    """uint8 [n, h, w, 3] as pictures."""
    return [Image.fromarray(image) for image in images]


def to_pixels(picture: Image.Image) -> Array:
    """uint8 [SIDE, SIDE, 3], squeezed to the square as the image door does."""
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.uint8)


def repost(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """The picture as somebody else posts it: cropped, recompressed, toned or written on."""
    for change in (_crop, _tone, _write_on, _shrink, _recompress):
        if random.random() < 0.5:
            picture = change(picture, random)
    return picture


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
