"""PDQ of a picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from moderation.hashes.pdq import BITS, BYTES, Pdq, pdq, pdq_and_mirror


def picture(height: int = 768, width: int = 1024, *, seed: int = 7) -> np.ndarray:
    """Blobs of several sizes, as a photograph has them."""
    random = np.random.default_rng(seed)
    layers = []
    for cells in (3, 7, 15):
        small = random.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
        image = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
        layers.append(np.asarray(image, dtype=np.float64))
    return np.mean(layers, axis=0).astype(np.uint8)


def distance(one: Pdq, other: Pdq) -> int:
    return bin(int.from_bytes(one.bits, "big") ^ int.from_bytes(other.bits, "big")).count("1")


def test_a_hash_is_256_bits_of_which_half_are_set() -> None:
    found = pdq(picture())
    assert len(found.bits) == BYTES
    assert len(found.hex) == 64
    assert bin(int(found.hex, 16)).count("1") == BITS // 2
    assert found.quality == 100


def test_a_smaller_copy_has_a_near_hash_and_another_picture_a_far_one() -> None:
    whole = picture()
    small = np.asarray(Image.fromarray(whole).resize((640, 480), Image.Resampling.BILINEAR))
    assert distance(pdq(whole), pdq(small)) <= 31
    assert distance(pdq(whole), pdq(picture(seed=8))) > 80


def test_the_mirror_is_that_of_left_and_right() -> None:
    whole = picture()
    plain, mirror = pdq_and_mirror(whole)
    assert plain == pdq(whole)
    assert distance(mirror, pdq(np.ascontiguousarray(whole[:, ::-1]))) <= 4
    assert distance(mirror, pdq(np.ascontiguousarray(whole[::-1]))) > 31


def test_a_picture_of_one_colour_is_worth_nothing() -> None:
    assert pdq(np.full((600, 600, 3), 90, np.uint8)).quality == 0


@pytest.mark.parametrize("shape", [(5, 5), (5, 5, 4), (0, 5, 3)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a picture is uint8"):
        pdq(np.zeros(shape, np.uint8))
