from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from moderation.datasets.groups.near_images import IMAGE_BANDS, image_bands, perceptual_hash


def picture(seed: int, *, size: tuple[int, int] = (320, 240)) -> Image.Image:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8))
    return coarse.resize(size, Image.Resampling.BICUBIC)


def shown(image: Image.Image) -> Image.Image:
    return image.resize((224, 224), Image.Resampling.BILINEAR)


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize("seed", range(6))
def test_a_picture_compressed_anew_and_scaled_keeps_a_near_hash(seed: int) -> None:
    original = picture(seed)
    stream = io.BytesIO()
    original.resize((200, 150)).save(stream, "JPEG", quality=40)
    one = perceptual_hash(shown(original))
    other = perceptual_hash(shown(Image.open(stream).convert("RGB")))
    assert distance(one, other) <= 6
    assert set(image_bands(one)) & set(image_bands(other))


def test_different_pictures_have_far_hashes() -> None:
    hashes = [perceptual_hash(shown(picture(seed))) for seed in range(30)]
    far = [distance(a, b) for i, a in enumerate(hashes) for b in hashes[:i]]
    assert min(far) >= IMAGE_BANDS


def test_a_picture_without_contrast_is_like_no_other() -> None:
    assert perceptual_hash(Image.new("RGB", (64, 64), (200, 200, 200))) == ""
