"""Every published system is built, learns, and takes raw texts and pixels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from moderation.training import export, recipes
from moderation.training.network import raw_inputs
from tests.training import batches, tiny
from tests.training.building import Built, fresh

each_preset = pytest.mark.parametrize("preset", tiny.PRESETS)


def weights_of(layers: tuple[Any, ...]) -> list[Any]:
    return [weight.numpy().copy() for layer in layers for weight in layer.weights]


def changed(before: list[Any], after: list[Any]) -> int:
    return sum(not np.array_equal(old, new) for old, new in zip(before, after, strict=True))


def test_there_are_five_and_each_says_where_it_was_published() -> None:
    assert recipes.preset_names() == tuple(sorted((*tiny.PRESETS, "memes")))
    for name in tiny.PRESETS:
        assert "http" in recipes.load_recipe(name).source or name == "roberta_vit"


@each_preset
def test_a_network_says_one_logit_a_label_in_float32(preset: str, built: Built) -> None:
    network = built(preset)
    found = network.model(network.prepare(batches.raw(network.recipe)), training=False)

    assert found.shape == (4, 3)
    assert found.dtype == tf.float32
    assert np.ptp(found.numpy(), axis=0).max() > 1e-4


@each_preset
def test_a_step_moves_encoders_that_learn_and_leaves_frozen_ones(
    preset: str, modules: tiny.Modules
) -> None:
    changes = {"image__trainable": True}
    if preset != "hateful_memes_concat":
        changes["text__trainable"] = True
    network = fresh(preset, modules, **changes)
    given = batches.raw(network.recipe)

    network.set_encoders_trainable(False)
    before, all_before = weights_of(network.encoders), weights_of((network.model,))
    batches.step(network, given)
    assert changed(before, weights_of(network.encoders)) == 0
    assert changed(all_before, weights_of((network.model,))) > 0

    network.set_encoders_trainable(True)
    for encoder in network.encoders:
        before = weights_of((encoder,))
        batches.step(network, given)
        assert changed(before, weights_of((encoder,))) > len(before) / 2


def test_what_a_recipe_freezes_stays_frozen_after_the_warm_up(modules: tiny.Modules) -> None:
    network = fresh("roberta_vit", modules, text__trainable=False)
    network.set_encoders_trainable(False)
    network.set_encoders_trainable(True)
    text, image = (weights_of((encoder,)) for encoder in network.encoders)

    batches.step(network, batches.raw(network.recipe))

    assert changed(text, weights_of(network.encoders[:1])) == 0
    assert changed(image, weights_of(network.encoders[1:])) > 0


@pytest.mark.slow
@each_preset
def test_some_steps_make_the_loss_smaller(preset: str, modules: tiny.Modules) -> None:
    network = fresh(preset, modules, fusion__dropout=0.0)
    given = batches.raw(network.recipe)

    losses = [batches.step(network, given, rate=0.05) for _ in range(4)]

    assert losses[-1] < losses[0]


@each_preset
def test_two_steps_make_the_whole(preset: str, built: Built) -> None:
    network = built(preset)
    given = batches.raw(network.recipe, presence=(1, 0, 1, 1))
    whole, factors = batches.logits(network, given), network.factors
    assert factors is not None

    texts = [given[raw.name] for raw in raw_inputs(network.recipe) if raw.source == "text"]
    tokens = network.prepare.tokens(texts)
    features = factors.encode_text(tokens) if factors.encode_text is not None else dict(tokens)
    for raw in raw_inputs(network.recipe):
        if raw.source == "image":
            features[raw.name] = factors.encode_image(given[raw.name])
        elif raw.source == "presence":
            features[raw.name] = given[raw.name]

    np.testing.assert_allclose(factors.combine(features, training=False), whole, atol=1e-5)


@pytest.mark.slow
@each_preset
def test_a_saved_model_takes_raw_texts_and_bytes_of_pixels(
    preset: str, built: Built, served: Callable[..., Any]
) -> None:
    network = built(preset)
    given = batches.raw(network.recipe, rows=3, presence=(1, 0, 1))

    found = served(preset)(**given)[export.PROBABILITIES]

    wanted = tf.nn.log_softmax(batches.logits(network, given))
    np.testing.assert_allclose(np.log(found), wanted, atol=1e-4)


def test_an_export_holds_weights_and_no_graphs_of_the_models_in_it(
    built: Built, tmp_path: Path
) -> None:
    export.save(built("hateful_memes_concat", modalities="text"), tmp_path)

    saved = saved_model_pb2.SavedModel.FromString((tmp_path / "saved_model.pb").read_bytes())
    nodes = saved.meta_graphs[0].object_graph_def.nodes
    held = {child.local_name for node in nodes for child in node.children}
    assert {"weights", "prepare", "signatures"} <= held
    assert not any("_default_save_signature" in name for name in held)


@pytest.mark.slow
@each_preset
def test_bfloat16_computes_and_still_says_float32(preset: str, modules: tiny.Modules) -> None:
    keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    try:
        network = fresh(preset, modules)
        given = batches.raw(network.recipe)
        found = network.model(network.prepare(given), training=False)
        value = batches.step(network, given)
    finally:
        keras.mixed_precision.set_dtype_policy("float32")

    assert found.dtype == tf.float32
    assert np.isfinite(value)
    assert network.encoders[-1].compute_dtype == "bfloat16"
    assert all(weight.dtype != "bfloat16" for weight in network.model.weights)


def test_a_recipe_and_its_seed_give_equal_weights(modules: tiny.Modules) -> None:
    first, second = (fresh("hateful_memes_concat", modules) for _ in range(2))
    other = fresh("hateful_memes_concat", modules, training__seed=2)
    given = batches.raw(first.recipe)

    np.testing.assert_array_equal(batches.logits(first, given), batches.logits(second, given))
    assert not np.allclose(batches.logits(first, given), batches.logits(other, given))
