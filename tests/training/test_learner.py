"""What rests is computed once, and what learns is trained on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from moderation.training.data import Examples, open_examples
from moderation.training.learner import learner_of
from moderation.training.network import build_network
from moderation.training.recipes import load_recipe
from moderation.training.scorer import Scorer
from tests.pipelines.trainings import SIDE, meme_set
from tests.training import batches, tiny
from tests.training.building import Built


@pytest.mark.parametrize(
    ("preset", "changes"),
    [
        ("entailment_kerashub", {"text__trainable": False, "image__trainable": False}),
        ("roberta_vit", {"text__trainable": True, "image__trainable": False}),
        ("mmbt", {"image__trainable": False}),
    ],
)
def test_what_rests_and_what_learns_make_the_whole(
    preset: str, changes: dict[str, Any], built: Built
) -> None:
    network = built(preset, **changes)
    given = batches.raw(network.recipe, presence=(1, 0, 1, 1))

    learner = learner_of(network, rows=100)

    assert learner.keeps
    pixels = [each for each in learner.model.input.values() if each.dtype == "uint8"]
    assert not pixels
    found = learner.model(learner.prepare(given), training=False)
    np.testing.assert_allclose(found, batches.logits(network, given), atol=1e-5)
    trained, whole = (
        {each.path.split("/")[-2] for each in model.trainable_variables}
        for model in (learner.model, network.model)
    )
    assert trained == whole


@pytest.mark.parametrize(
    ("rows", "changes"),
    [
        (100, {"image__trainable": True}),
        (100, {"image__trainable": False, "training__augment_images": True}),
        (100_000_000, {"image__trainable": False}),
    ],
)
def test_what_learns_or_changes_or_is_too_much_is_computed_anew(
    rows: int, changes: dict[str, Any], built: Built
) -> None:
    network = built("roberta_vit", **changes)

    learner = learner_of(network, rows=rows)

    assert not learner.keeps
    assert learner.model is network.model


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    """Pictures, of which one in eight lacks, and texts by a frozen encoder."""
    path = meme_set(tmp_path_factory.mktemp("set"), rows=48, pictures=True)
    recipe = load_recipe("hateful_memes_concat", {
        "text.uri": "subwords:", "text.dim": 8, "image.uri": "efficientnet_lite0",
        "image.weights": None, "image.height": SIDE, "image.width": SIDE, "image.trainable": False,
        "fusion.project_to": None, "fusion.hidden": [], "fusion.standardise": True,
        "fusion.image_factor": 0.5, "training.batch_size": 8, "training.balance": "none",
    })  # fmt: skip
    return open_examples([str(path)], recipe)


def test_examples_are_prepared_once_and_come_in_every_epoch(examples: Examples) -> None:
    network = build_network(examples.recipe, labels=examples.labels, texts=tiny.TEXTS)
    scorer = Scorer(network, examples)
    held = scorer.batches.held("train")

    assert held["image"].shape == (examples.rows("train"), 1280)
    orders = []
    for epoch in (0, 1, 0):
        found, steps = scorer.batches.training(epoch=epoch)
        rows = [inputs["image"].numpy() for inputs, _, _ in found]
        assert len(rows) == steps
        orders.append(np.concatenate(rows))
    np.testing.assert_array_equal(orders[0], orders[2])
    assert not np.array_equal(orders[0], orders[1])
    for order in orders[:2]:
        np.testing.assert_array_equal(np.sort(order, axis=0), np.sort(held["image"], axis=0))


def test_features_are_standardised_by_the_training_examples(examples: Examples) -> None:
    """Of pictures by those that are there, and times their factor."""
    network = build_network(examples.recipe, labels=examples.labels, texts=tiny.TEXTS)
    scorer = Scorer(network, examples)
    held = scorer.batches.held("train")
    combine = network.factors.combine if network.factors else None
    assert combine is not None
    there = held["image_present"] > 0
    assert 0 < there.sum() < len(there)

    scorer.settle()

    seen = combine.get_layer("image_standardised")(held["image"][there]).numpy()
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-3)
    spread = seen.std(axis=0)
    np.testing.assert_allclose(spread[spread > 0.1], 0.5, atol=1e-2)
    texts = combine.get_layer("text_standardised")(held["text_vector"]).numpy()
    np.testing.assert_allclose(texts.std(axis=0), 1, atol=1e-2)
    assert np.abs(scorer.logits("val")).max() == 0
