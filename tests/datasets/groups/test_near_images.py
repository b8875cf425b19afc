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
    both_hashes,
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
        made = PdqForGroups().open().make(np.asarray(image))
        return both_hashes(made, hashed(ImageHash.STEPS, image), sha256=image.tobytes().hex()[:64])
    return steps_hash(image.resize((224, 224), Image.Resampling.BILINEAR))


def distances(one: str, other: str) -> list[int]:
    """Of the steps, or of PDQ and the steps."""
    parts = [(0, 64), (64, 96)] if len(one) == 96 else [(0, 32)]
    return [(int(one[a:b], 16) ^ int(other[a:b], 16)).bit_count() for a, b in parts]


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
    assert any(
        found <= most for found, (_, most) in zip(distances(one, other), near.limits, strict=True)
    )
    assert set(near.bands_of(one)) & set(near.bands_of(other))


@pytest.mark.parametrize("by", HASHES)
def test_different_pictures_have_far_hashes(by: ImageHash) -> None:
    hashes = [hashed(by, picture(seed)) for seed in range(30)]
    far = [distances(a, b) for i, a in enumerate(hashes) for b in hashes[:i]]
    limits = (ImageHash.PDQ, ImageHash.STEPS) if by is ImageHash.PDQ else (ImageHash.STEPS,)
    assert all(
        d > MOST_DISTANCE_BITS[of] for each in far for d, of in zip(each, limits, strict=True)
    )


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
    bits, met = 256 if by is ImageHash.PDQ else 128, 0
    for _ in range(400):
        one = int.from_bytes(rng.bytes(bits // 8), "big")
        other = one
        for place in rng.choice(bits, flipped, replace=False):
            other ^= 1 << int(place)
        hashes = [f"{each:0{bits // 4}x}" for each in (one, other)]
        if by is ImageHash.PDQ:
            hashes = [both_hashes(each, "", sha256=each) for each in hashes]
        met += bool(set(near.bands_of(hashes[0])) & set(near.bands_of(hashes[1])))
    assert met >= share * 400


def test_a_picture_that_lacks_one_hash_is_near_none_by_it() -> None:
    one, other = (both_hashes("", f"{n:032x}", sha256=f"{n:064x}") for n in (1, 2**100 - 1))
    assert min(distances(one, other)) > 40
    assert both_hashes("", "", sha256="0" * 64) == ""
