from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from moderation.images.thumbnail import LONGER_SIDE_PX, thumbnail


def opened(uri: str) -> NDArray[np.float64]:
    head, _, data = uri.partition(",")
    assert head == "data:image/webp;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("L"), dtype=float)


def written(text: str) -> NDArray[np.uint8]:
    """White words over the whole of a dark picture."""
    image = Image.new("RGB", (256, 256), (20, 20, 60))
    ImageDraw.Draw(image).multiline_text((8, 8), text, fill="white", font_size=44)
    return np.asarray(image)


def test_nothing_that_is_written_can_be_read_but_places_and_colours_stay() -> None:
    one, other = written("THEY\nARE\nALL\nBAD"), written("WE'RE\nALL OK\nAND\nFINE")
    apart = np.abs(one[..., 0].astype(float) - other[..., 0])
    assert apart.max() > 200
    assert np.abs(opened_of(one) - opened_of(other)).max() < 40
    half = one.copy()
    half[:, 128:] = 255
    shown = opened_of(half)
    assert shown[:, -8:].mean() - shown[:, :8].mean() > 100


def opened_of(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    return opened(thumbnail(pixels, width=256, height=256))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (8000, 2), (2, 8000), (640, 480)])
def test_it_is_small_in_the_shape_that_people_see(width: int, height: int) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (96, 96, 3), dtype=np.uint8)
    uri = thumbnail(noise, width=width, height=height)
    assert len(uri) < 1_200
    shape = opened(uri).shape
    assert max(shape) == LONGER_SIDE_PX
    assert (shape[0] > shape[1]) == (height > width)
    assert uri == thumbnail(noise, width=width, height=height)
