from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from moderation.datasets.likeness import (
    MAX_IMAGE_DISTANCE,
    any_near,
    image_bands,
    normal_text,
    perceptual_hash,
    text_bands,
)

TEXT = "the bridge over the river was closed this morning after a lorry hit the railing"


@pytest.mark.parametrize(
    "other",
    [
        TEXT + "!!!",
        TEXT.replace("lorry", "truck"),
        TEXT.replace("this morning ", ""),
        "RT: " + TEXT + " https://example.org/1",
    ],
)
def test_texts_with_a_word_changed_meet_and_are_near(other: str) -> None:
    one, two = normal_text(TEXT), normal_text(other)
    assert set(text_bands(one)) & set(text_bands(two))
    assert any_near([one], [two], similarity=0.7)


def test_other_texts_on_the_same_matter_are_not_near() -> None:
    other = "police say the river crossing will stay shut until engineers have looked at the rail"
    assert not any_near([normal_text(TEXT)], [normal_text(other)], similarity=0.7)


def test_case_links_and_punctuation_do_not_count_unless_nothing_else_is_there() -> None:
    assert normal_text("Look: HERE! https://t.co/x") == normal_text("look here")
    assert normal_text(" https://t.co/x ") == "https://t.co/x"
    assert normal_text(" \n") == ""


def picture(seed: int, *, size: tuple[int, int] = (320, 240)) -> Image.Image:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8))
    return coarse.resize(size, Image.Resampling.BICUBIC)


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image.resize((224, 224), Image.Resampling.BILINEAR))


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize("seed", range(6))
def test_a_picture_compressed_anew_and_scaled_keeps_a_near_hash(seed: int) -> None:
    original = picture(seed)
    stream = io.BytesIO()
    original.resize((200, 150)).save(stream, "JPEG", quality=40)
    one = perceptual_hash(pixels(original))
    other = perceptual_hash(pixels(Image.open(stream).convert("RGB")))
    assert distance(one, other) <= 6
    assert set(image_bands(one)) & set(image_bands(other))


def test_different_pictures_have_far_hashes() -> None:
    hashes = [perceptual_hash(pixels(picture(seed))) for seed in range(30)]
    far = [distance(a, b) for i, a in enumerate(hashes) for b in hashes[:i]]
    assert min(far) > MAX_IMAGE_DISTANCE


def test_a_picture_without_contrast_is_like_no_other() -> None:
    assert perceptual_hash(np.full((64, 64, 3), 200, dtype=np.uint8)) == ""
