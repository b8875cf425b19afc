"""The tensors that a card's image inputs ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from moderation.models.inputs import check_item, make_feeds
from moderation.models.savedmodel import TensorSpec
from moderation.models.types import ModelItem
from schemas.card import ImageSpec, InputSpec, TaskSpec
from schemas.codes import Code
from schemas.records import Kind

HEIGHT, WIDTH = 2, 3
PIXELS = np.arange(HEIGHT * WIDTH * 3, dtype=np.uint8).reshape(HEIGHT, WIDTH, 3) * 14
ITEMS = [
    ModelItem("there", Kind.MEME, {"text": "a"}, {"img": PIXELS}),
    ModelItem("absent", Kind.MEME, {"text": "b"}, {}),
]


def feed(**image: Any) -> np.ndarray:
    spec = InputSpec(
        name="x",
        source="image",
        fields=("img",),
        image=ImageSpec(height=HEIGHT, width=WIDTH, **image),
    )
    tensors = {"x": TensorSpec("x", "float32", None)}
    feeds = make_feeds(
        [spec], tensors=tensors, vocabulary=lambda name: (), tokenizer_file=str.encode
    )
    return np.asarray(feeds(ITEMS)["x"])


def test_bytes_are_handed_over_as_they_are_and_a_missing_image_is_black() -> None:
    found = feed()
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, [PIXELS, np.zeros_like(PIXELS)])


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)])
def test_pixels_are_scaled_to_the_range(low: float, high: float) -> None:
    found = feed(dtype="float32", range=(low, high))
    assert found.dtype == np.float32
    expected = PIXELS.astype(float) / 255.0 * (high - low) + low
    np.testing.assert_allclose(found[0], expected, atol=1e-6)
    np.testing.assert_allclose(found[1], np.full_like(expected, low))


def test_mean_and_deviation_are_per_channel_and_after_scaling() -> None:
    found = feed(dtype="float32", range=(0, 1), mean=(0.1, 0.2, 0.3), std=(0.5, 0.25, 1.0))
    expected = (PIXELS / 255.0 - [0.1, 0.2, 0.3]) / [0.5, 0.25, 1.0]
    np.testing.assert_allclose(found[0], expected, atol=1e-5)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float16", "bfloat16"])
def test_channels_come_first_where_the_card_says_so(dtype: str) -> None:
    found = feed(dtype=dtype, channels_first=True)
    assert found.shape == (2, 3, HEIGHT, WIDTH)
    assert found.dtype.name == dtype
    np.testing.assert_allclose(found[0].astype(float), PIXELS.transpose(2, 0, 1), rtol=0.01)


def test_presence_and_text_are_columns_where_the_signature_has_columns() -> None:
    specs = [
        InputSpec(name="flat", source="presence", fields=("img",)),
        InputSpec(name="column", source="presence", fields=("img",)),
        InputSpec(name="words", source="text", fields=("text",)),
    ]
    tensors = {
        "flat": TensorSpec("flat", "float32", (None,)),
        "column": TensorSpec("column", "bool", (None, 1)),
        "words": TensorSpec("words", "string", (None, 1)),
    }
    found = make_feeds(
        specs, tensors=tensors, vocabulary=lambda name: (), tokenizer_file=str.encode
    )(ITEMS)
    assert np.asarray(found["flat"]).tolist() == [1.0, 0.0]
    assert np.asarray(found["column"]).tolist() == [[True], [False]]
    assert np.asarray(found["words"]).tolist() == [[b"a"], [b"b"]]


def task(missing: str) -> TaskSpec:
    image = ImageSpec(height=HEIGHT, width=WIDTH)
    return TaskSpec.model_validate(
        {
            "name": "hateful",
            "kind": "meme",
            "inputs": [
                {"name": "x", "source": "image", "fields": ["img"], "image": image},
                {"name": "t", "source": "text", "fields": ["text"]},
            ],
            "output": "p",
            "labels": ["not_hateful", "hateful"],
            "missing_images": missing,
        }
    )


def test_what_an_item_lacks_is_named() -> None:
    there, absent = ITEMS
    assert check_item(there, task("dead_letter")) is None
    assert check_item(absent, task("zeros")) is None
    failure = check_item(absent, task("dead_letter"))
    assert failure is not None
    assert (failure.code, "img" in failure.message) == (Code.MISSING_MODALITY, True)
    textless = check_item(ModelItem("x", Kind.MEME, {}, {"img": PIXELS}), task("zeros"))
    assert textless is not None
    assert "text" in textless.message


@pytest.mark.parametrize("image", [PIXELS[:1], PIXELS[..., :2], PIXELS.astype(np.float32)])
def test_pixels_of_another_form_are_refused(image: Any) -> None:
    item = ModelItem("x", Kind.MEME, {"text": "a"}, {"img": image})
    failure = check_item(item, task("zeros"))
    assert failure is not None
    assert failure.code is Code.MODEL_ERROR
