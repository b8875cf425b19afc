"""A task in two steps: what is equal in a batch is encoded once, and nothing else changes."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation.models.bundle import open_bundle
from moderation.models.halving import Tally
from moderation.models.loading import LoadedBundle, load, warm_up
from moderation.models.scorer import Result
from moderation.models.types import ItemFailure, ModelError, ModelItem, Scores
from schemas.codes import Code
from schemas.records import Kind
from tests.models import fakes
from tests.models.factored import CountedModel, export_factored, factored_card

PAIR = Kind.TWEET_PAIR


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return export_factored(tmp_path_factory.mktemp("models") / "factored")


def without_features(model: str, path: Path) -> str:
    """The same SavedModel by a card that only knows it as a whole."""
    return with_card(model, path, lambda task: task.pop("features"))


def with_card(model: str, path: Path, change: Callable[[dict[str, Any]], Any]) -> str:
    """A copy whose card has another task."""
    shutil.copytree(model, path)
    card = copy.deepcopy(factored_card())
    change(card["tasks"][0])
    (path / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return str(path)


def pictures(count: int) -> list[np.ndarray]:
    """Pictures that all differ, none of them poisoned."""
    random = np.random.default_rng(4)
    made = [random.integers(20, 256, (fakes.SIDE, fakes.SIDE, 3), np.uint8) for _ in range(count)]
    return [np.asarray(each) for each in made]


def repeating(count: int) -> list[ModelItem]:
    """Pairs over 3 texts and 4 images, some of which are missing; first and second share them."""
    shown: list[np.ndarray | None] = [*pictures(4), None]
    texts = ["one", "two words", "three words here"]
    items = []
    for at in range(count):
        chosen = {"image_1": shown[at % 5], "image_2": shown[(at * 3 + 1) % 5]}
        images = {field: image for field, image in chosen.items() if image is not None}
        pair = {"text_1": texts[at % 3], "text_2": texts[(at + at // 3) % 3]}
        items.append(ModelItem(str(at), PAIR, pair, images))
    return items


def score(
    loaded: LoadedBundle, items: Sequence[ModelItem], *, batch_size: int = 64
) -> list[Result]:
    return loaded.scorer(PAIR).score(items, batch_size=batch_size, tally=Tally())


def probabilities(results: Sequence[Result]) -> np.ndarray:
    scores = [result for result in results if isinstance(result, Scores)]
    assert len(scores) == len(results)
    return np.array([each.probabilities["entailment"] for each in scores])


def counted(model: str, **limits: int) -> tuple[LoadedBundle, CountedModel]:
    """A loaded bundle that counts, with what loading itself asked forgotten."""
    device = CountedModel(model, limits=limits)
    loaded = LoadedBundle(open_bundle(model), model=device, directory=model)
    loaded.scorer(PAIR)
    for function in device.signatures.values():
        function.rows.clear()
    return loaded, device


def test_both_ways_say_the_same(model: str, tmp_path: Path) -> None:
    items = repeating(40)
    whole = load(open_bundle(without_features(model, tmp_path / "whole")))
    ours = probabilities(score(load(open_bundle(model)), items))
    np.testing.assert_allclose(ours, probabilities(score(whole, items)), atol=1e-5, rtol=0)
    assert len(np.unique(ours.round(6), axis=0)) > 10  # not one answer for all


def test_equal_texts_and_images_of_a_batch_are_encoded_once(model: str) -> None:
    loaded, device = counted(model)
    score(loaded, repeating(40))
    rows = {name: function.rows for name, function in device.signatures.items()}
    assert rows == {
        "encode_text": [3],
        "encode_image": [4],  # that for all that are missing is known from the probe
        "from_features": [40],
        "serving_default": [],
    }


def test_what_an_earlier_batch_showed_is_not_encoded_again(model: str) -> None:
    loaded, device = counted(model)
    first, second = score(loaded, repeating(20)), score(loaded, repeating(40))
    assert device.signatures["encode_text"].rows == [3]
    assert device.signatures["encode_image"].rows == [4]
    np.testing.assert_allclose(probabilities(second)[:20], probabilities(first), rtol=0, atol=2e-6)


def test_images_that_differ_in_one_value_are_two(model: str) -> None:
    loaded, device = counted(model)
    (image,) = pictures(1)
    other = image.copy()
    other[3, 3, 1] ^= 1
    texts = {"text_1": "same", "text_2": "same"}
    item = ModelItem("1", PAIR, texts, {"image_1": image, "image_2": other})
    score(loaded, [item])
    assert device.signatures["encode_image"].rows == [2]
    assert device.signatures["encode_text"].rows == [1]


def test_one_bad_image_costs_only_the_items_that_show_it(model: str, tmp_path: Path) -> None:
    items = repeating(24)
    bad = fakes.grey(fakes.POISON)
    for at in (5, 17):
        items[at] = ModelItem(str(at), PAIR, items[at].texts, {"image_2": bad})
    results = score(load(open_bundle(model)), items, batch_size=8)
    failed = [at for at, result in enumerate(results) if isinstance(result, ItemFailure)]
    assert failed == [5, 17]
    assert all(result.code is Code.MODEL_ERROR for result in results if type(result) is ItemFailure)
    good = [at for at in range(24) if at not in failed]
    whole = load(open_bundle(without_features(model, tmp_path / "whole")))
    np.testing.assert_allclose(
        probabilities([results[at] for at in good]),
        probabilities(score(whole, [items[at] for at in good])),
        atol=1e-5,
        rtol=0,
    )


def test_a_batch_too_large_for_an_encoder_is_halved_and_remembered(model: str) -> None:
    shown = pictures(16)
    texts = {"text_1": "one", "text_2": "two"}
    items = [ModelItem(str(at), PAIR, texts, {"image_1": shown[at]}) for at in range(16)]
    loaded, device = counted(model, encode_image=4)
    assert len(probabilities(score(loaded, items))) == 16
    assert device.signatures["encode_image"].rows == [16, 8, 4, 4, 4, 4]
    assert loaded.scorer(PAIR).ceiling.value == 4


def test_two_texts_that_are_encoded_together_are_equal_only_together(tmp_path: Path) -> None:
    import tensorflow as tf

    def both(tensors: Any) -> Any:
        lengths = [tf.strings.length(tensors[f"words_{at}"]) for at in (1, 2)]
        first, second = (tf.cast(each, tf.float32) / 10.0 for each in lengths)
        return {"features": tf.stack([first, second, first * second], axis=1)}

    strings = {"words_1": ("string", (None,)), "words_2": ("string", (None,))}
    fed = [{"name": f"words_{at}", "source": "text", "fields": [f"text_{at}"]} for at in (1, 2)]
    card = factored_card()
    card["tasks"][0] |= {
        "inputs": fed,
        "features": {
            "signature": "head",
            "parts": [{"signature": "both", "inputs": fed, "outputs": {"features": "features"}}],
            "output": "p",
        },
    }
    path = fakes.export_signatures(
        tmp_path / "model",
        {
            "serving_default": (
                strings,
                lambda given: {"probabilities": tf.nn.softmax(both(given)["features"])},
            ),
            "both": (strings, both),
            "head": (
                {"features": ("float32", (None, 3))},
                lambda given: {"p": tf.nn.softmax(given["features"])},
            ),
        },
        card=card,
    )
    loaded, device = counted(path)
    texts = [("a", "bb"), ("bb", "a"), ("a", "bb"), ("a", "a")]
    results = score(loaded, [fakes.pair(str(at), texts=each) for at, each in enumerate(texts)])
    assert device.signatures["both"].rows == [3]
    found = probabilities(results)
    for row, (first, second) in zip(found, texts, strict=True):
        logits = np.array([len(first), len(second), len(first) * len(second) / 10]) / 10
        np.testing.assert_allclose(row, np.exp(logits) / np.exp(logits).sum(), atol=1e-6)


def test_steps_that_say_something_else_than_the_whole_are_refused(
    model: str, tmp_path: Path
) -> None:
    def swap(task: dict[str, Any]) -> None:
        task["features"]["parts"][1]["outputs"] = {"means": "image_2", "spread": "spread_2"}
        task["features"]["parts"][3]["outputs"] = {"means": "image_1", "spread": "spread_1"}

    bundle = open_bundle(with_card(model, tmp_path / "swapped", swap))
    with pytest.raises(ModelError, match=r"in the two steps of its card's 'features', and \["):
        warm_up(bundle, [PAIR])


def drop_presence(task: dict[str, Any]) -> None:
    task["features"]["inputs"].pop()


def rename_encoder(task: dict[str, Any]) -> None:
    task["features"]["parts"][0]["signature"] = "encode_words"


def rename_output(task: dict[str, Any]) -> None:
    task["features"]["parts"][1]["outputs"]["median"] = "image_1"


def misdirect(task: dict[str, Any]) -> None:
    task["features"]["parts"][1]["outputs"]["spread"] = "image_1"


def resize(task: dict[str, Any]) -> None:
    for part in task["features"]["parts"]:
        for spec in part["inputs"]:
            if "image" in spec:
                spec["image"] = {"height": 4, "width": 4}


def forget_an_image(task: dict[str, Any]) -> None:
    task["features"]["parts"].pop()


def other_output(task: dict[str, Any]) -> None:
    task["features"]["output"] = "logits"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (drop_presence, r"'from_features' takes 'there_2' float32 \[n\], which nothing feeds"),
        (rename_encoder, "no signature 'encode_words'; there are encode_image, encode_text"),
        (rename_output, "'encode_image' has no output 'median'; there are means, spread"),
        (
            misdirect,
            r"'encode_image' gives 'spread' float32 \[n\], 'from_features' takes 'image_1'",
        ),
        (misdirect, "input 'image_1' of 'from_features' is fed twice"),
        (resize, "two inputs want image_1 of a tweet_pair in different ways"),
        (forget_an_image, "its inputs look at .*'image_2'.*, its features at"),
        (other_output, "no output 'logits'; there are p"),
    ],
)
def test_a_card_whose_steps_do_not_fit_is_told_at_launch(
    model: str, tmp_path: Path, change: Callable[[dict[str, Any]], None], complaint: str
) -> None:
    with pytest.raises(ModelError, match=complaint):
        open_bundle(with_card(model, tmp_path / "copy", change))
