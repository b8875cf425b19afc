from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from moderation.datasets.groups.near_images import (
    DISTANCE_BITS,
    MOST_DISTANCE_BITS,
    NearImages,
    PdqForGroups,
    steps_hash,
)
from schemas.datasets import ImageHash

HASHES = (ImageHash.STEPS, ImageHash.PDQ)


def picture(seed: int, *, size: tuple[int, int] = (320, 240)) -> Image.Image:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8))
    return coarse.resize(size, Image.Resampling.BICUBIC)


def hashed(by: ImageHash, image: Image.Image) -> str:
    if by is ImageHash.PDQ:
        pytest.importorskip("pdqhash")
        return PdqForGroups().open().make(np.asarray(image))
    return steps_hash(image.resize((224, 224), Image.Resampling.BILINEAR))


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize("by", HASHES)
@pytest.mark.parametrize("seed", range(6))
def test_a_picture_compressed_anew_and_scaled_is_near_and_shares_a_band(
    by: ImageHash, seed: int
) -> None:
    near = NearImages(by, DISTANCE_BITS[by])
    original = picture(seed)
    stream = io.BytesIO()
    original.resize((200, 150)).save(stream, "JPEG", quality=40)
    one = hashed(by, original)
    other = hashed(by, Image.open(stream).convert("RGB"))
    assert distance(one, other) <= near.distance_bits
    assert set(near.bands_of(one)) & set(near.bands_of(other))


@pytest.mark.parametrize("by", HASHES)
def test_different_pictures_have_far_hashes(by: ImageHash) -> None:
    hashes = [hashed(by, picture(seed)) for seed in range(30)]
    far = [distance(a, b) for i, a in enumerate(hashes) for b in hashes[:i]]
    assert min(far) > MOST_DISTANCE_BITS[by]


@pytest.mark.parametrize("by", HASHES)
def test_a_picture_without_contrast_is_like_no_other(by: ImageHash) -> None:
    assert hashed(by, Image.new("RGB", (64, 64), (200, 200, 200))) == ""


@pytest.mark.parametrize(("by", "flipped", "share"), [
    (ImageHash.STEPS, 7, 1.0),
    (ImageHash.PDQ, 15, 1.0),
    (ImageHash.PDQ, 31, 0.98),
    (ImageHash.PDQ, 36, 0.94),
])  # fmt: skip
def test_hashes_up_to_the_distance_share_a_band(by: ImageHash, flipped: int, share: float) -> None:
    near, rng = NearImages(by), np.random.default_rng(flipped)
    bits, met = 64 * near.words, 0
    for _ in range(400):
        one = int.from_bytes(rng.bytes(bits // 8), "big")
        other = one
        for place in rng.choice(bits, flipped, replace=False):
            other ^= 1 << int(place)
        bands = [set(near.bands_of(f"{each:0{bits // 4}x}")) for each in (one, other)]
        met += bool(bands[0] & bands[1])
    assert met >= share * 400
