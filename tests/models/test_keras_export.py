"""A model built and exported as the Keras multimodal-entailment example builds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation.models.bundle import open_bundle
from moderation.models.halving import Tally
from moderation.models.loading import load
from moderation.models.types import BareOptions, ModelError, ModelItem, Scores
from schemas.records import ENTAILMENT_LABELS, Kind
from tests.models import fakes
from tests.models.bert_reference import reference

LENGTH = 128
TEXTS = [
    ("Café on 5th — it's #open! https://t.co/x", "The café is closed…"),
    ("", "word " * 200),
    ("RT @user: 👍 great", "漢字 and more"),
]


@pytest.fixture(scope="module")
def example() -> Any:
    """Two image towers and a text tower, nested as in the example, small."""
    import keras

    keras.utils.set_random_seed(5)
    images = [
        keras.Input((fakes.SIDE, fakes.SIDE, 3), name=name) for name in ("image_1", "image_2")
    ]
    names = ("input_type_ids", "input_mask", "input_word_ids")
    text = {name: keras.Input((LENGTH,), dtype="int32", name=name) for name in names}
    tower = keras.Sequential([keras.layers.Conv2D(4, 3), keras.layers.GlobalAveragePooling2D()])
    seen = [tower(image / 127.5 - 1.0) for image in images]
    words = keras.layers.Embedding(30522, 4)(text["input_word_ids"])
    kinds = keras.layers.Embedding(2, 4)(text["input_type_ids"])
    mask = keras.ops.cast(text["input_mask"], "float32")[..., None]
    read = keras.layers.GlobalAveragePooling1D()((words + kinds) * mask) * 20.0
    both = keras.layers.Concatenate()([*seen, read])
    return keras.Model([*images, text], keras.layers.Dense(3, activation="softmax")(both))


@pytest.fixture(scope="module")
def items() -> list[ModelItem]:
    random = np.random.default_rng(11)
    shape = (fakes.SIDE, fakes.SIDE, 3)
    return [
        ModelItem(
            str(at),
            Kind.TWEET_PAIR,
            {"text_1": one, "text_2": two},
            {f"image_{n}": random.integers(0, 256, shape, dtype=np.uint8) for n in (1, 2)},
        )
        for at, (one, two) in enumerate(TEXTS)
    ]


def expected(model: Any, items: list[ModelItem]) -> np.ndarray:
    """The model called directly on tensors that were prepared without our code."""
    packed = reference([[pair[at] for pair in TEXTS] for at in (0, 1)], LENGTH)
    images = [
        np.stack([item.images[name].astype("float32") for item in items])
        for name in ("image_1", "image_2")
    ]
    text = {
        "input_type_ids": packed["segments"],
        "input_mask": packed["mask"],
        "input_word_ids": packed["ids"],
    }
    return np.asarray(model([*images, text]))


def scores(path: Path, items: list[ModelItem], **options: Any) -> np.ndarray:
    bundle = open_bundle(str(path), bare=BareOptions(labels=ENTAILMENT_LABELS, **options))
    results = load(bundle).scorer(Kind.TWEET_PAIR).score(items, batch_size=2, tally=Tally())
    return np.array(
        [each.probabilities["entailment"] for each in results if isinstance(each, Scores)]
    )


def test_the_example_scores_with_nothing_but_its_labels(
    example: Any, items: list[ModelItem], tmp_path: Path
) -> None:
    example.export(str(tmp_path / "model"), verbose=False)
    found = scores(tmp_path / "model", items)
    wanted = expected(example, items)
    assert np.ptp(wanted, axis=0).max() > 0.01  # the items differ, so an exchange would show
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_an_export_that_lost_its_names_is_explained_and_bound_by_hand(
    example: Any, items: list[ModelItem], tmp_path: Path
) -> None:
    import tensorflow as tf

    tf.saved_model.save(example, str(tmp_path / "model"))
    with pytest.raises(ModelError, match=r"model\.export keeps names") as raised:
        scores(tmp_path / "model", items)
    assert "'inputs_4' int32 [n, 128] goes by no known name" in str(raised.value)
    names = ("image_1", "image_2", "input_mask", "input_type_ids", "input_word_ids")
    bind = dict(zip(("inputs", "inputs_1", "inputs_2", "inputs_3", "inputs_4"), names, strict=True))
    found = scores(tmp_path / "model", items, bind=bind)
    np.testing.assert_allclose(found, expected(example, items), atol=1e-5)
