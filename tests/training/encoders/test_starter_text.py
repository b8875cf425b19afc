"""The built-in bundle's encoder as one of a new network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from moderation.starter import bundle_path
from moderation.starter.stored import open_weights
from moderation.training.encoders import starter
from moderation.training.errors import TrainingError
from moderation.training.network import build_network
from moderation.training.recipes import load_recipe
from schemas.recipe import TextEncoderSpec
from tests.training import batches, tiny
from tests.training.building import fresh
from workshop.starter.model import StarterModel

TEXTS = ("Hello you!", "", "th ey are all vermn 🐀", "he said &amp; she said https://example.org/x")


@pytest.fixture(scope="module")
def text() -> starter.StarterText:
    return starter._opened()


@pytest.fixture(scope="module")
def bundle() -> Any:
    return tf.saved_model.load(str(bundle_path()))


def test_it_says_of_a_text_what_the_bundle_says(text: starter.StarterText, bundle: Any) -> None:
    found, wanted = (each.hate_logits(tf.constant(TEXTS)) for each in (text, bundle))

    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_a_pair_has_the_lexical_features_of_the_bundle(
    text: starter.StarterText, bundle: Any
) -> None:
    built = StarterModel(*open_weights(bundle_path(), bundle), bundle_path() / "assets")
    first, second = tf.constant(TEXTS), tf.constant(TEXTS[::-1])
    wanted = built.pair_features(first, second).numpy()

    found = starter.Packer(text)(first, second)["text_vector"].numpy()

    lexical = found[:, 4 * text.dim :]
    count = lexical.shape[1]
    np.testing.assert_allclose(lexical, wanted[:, :count], atol=1e-5)
    cosine = found[:, 3 * text.dim : 4 * text.dim].sum(axis=1)
    np.testing.assert_allclose(cosine, wanted[:, count], atol=1e-4)
    both = found[:, : text.dim] + found[:, text.dim : 2 * text.dim]
    np.testing.assert_allclose(both, wanted[:, count + 1 :], atol=1e-4)


def test_it_goes_into_a_saved_model_with_its_tables(
    text: starter.StarterText, tmp_path: Path
) -> None:
    packer = starter.Packer(text)
    served = tf.Module()
    served.packer = packer
    spec = tf.TensorSpec([None], tf.string)
    score = tf.function(lambda given: packer(given), autograph=False).get_concrete_function(spec)
    tf.saved_model.save(served, str(tmp_path), signatures=score)

    found = tf.saved_model.load(str(tmp_path)).signatures["serving_default"](tf.constant(TEXTS))

    np.testing.assert_allclose(
        found["text_vector"], packer(tf.constant(TEXTS))["text_vector"], atol=1e-5
    )
    assert sum(path.stat().st_size for path in tmp_path.rglob("*")) < 32_000_000


@pytest.mark.parametrize("preset", ["hateful_memes_concat", "entailment_kerashub"])
def test_a_network_learns_on_it_while_it_rests(preset: str, modules: tiny.Modules) -> None:
    network = fresh(preset, modules, text__uri="starter:", modalities="text")
    given = batches.raw(network.recipe)

    losses = [batches.step(network, given, rate=0.1) for _ in range(8)]

    assert losses[-1] < losses[0]
    assert network.encoders == ()
    assert not network.needs_tensorflow_text


def test_its_last_layers_learn_where_a_recipe_says_so(text: starter.StarterText) -> None:
    """Before a step they say what they said: the mean below, the mean above, and its heads."""
    recipe = load_recipe("memes", {"modalities": "text", "training.modality_dropout": 0})
    network = build_network(recipe, labels=("0", "1"))
    given = {"text": tf.constant([*TEXTS, "one"])}
    tokens = network.prepare.tokens([given["text"]])
    factors = network.factors
    assert factors is not None
    lower = text.depth - recipe.text.trainable_layers if recipe.text else 0

    vector = factors.encode_text(tokens)["text_vector"].numpy()

    words = text.repaired(given["text"])
    for place, layers in enumerate((lower, text.depth)):
        found = vector[:, place * text.dim : (place + 1) * text.dim]
        np.testing.assert_allclose(found, text.vectors(words, layers=layers), atol=1e-5)
    said = vector[:, 2 * text.dim :]
    heads = text.heads[1].shape[0]
    np.testing.assert_allclose(said[:, :heads], text.hate_logits(given["text"]), atol=1e-3)
    np.testing.assert_array_equal(said[:, :heads], said[:, -heads:])

    (layers_that_learn,) = network.encoders
    before = [weight.numpy().copy() for weight in layers_that_learn.weights]
    for _ in range(2):  # the head begins with zeros
        batches.step(network, given)
    after = [weight.numpy() for weight in layers_that_learn.weights]
    assert all(not np.array_equal(old, new) for old, new in zip(before, after, strict=True))
    network.set_encoders_trainable(False)
    assert not factors.encode_text.trainable_variables


@pytest.mark.parametrize(("kind", "layers"), [("meme", 6), ("tweet_pair", 2)])
def test_layers_that_cannot_learn_are_told(kind: str, layers: int) -> None:
    spec = TextEncoderSpec(uri="starter:", trainable_layers=layers)

    with pytest.raises(TrainingError, match=f"text.trainable_layers is {layers}"):
        starter.make(spec, segments=1 if kind == "meme" else 2)
