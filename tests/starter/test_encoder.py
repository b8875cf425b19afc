"""The packed encoder equals a BERT by others, with and without neighbours in the batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from moderation.starter.encoder import (
    WORD,
    Encoder,
    Weights,
    mean_pool,
    pack,
)
from moderation.starter.stored import Quantised
from tests.workshop.starter import tiny
from workshop.starter.hugging_face import read_shape, read_weights
from workshop.starter.quantise import quantise, split

IDS = [[2, 20, 21, 3], [2, 3], [2, *range(15, 40), 3], [2, 30, 3]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder") / "minilm"
    tiny.write_encoder(folder)
    return folder


def _hidden(folder: Path, ids: list[list[int]], weights: Weights) -> tuple[Any, Any]:
    shape = read_shape(folder)
    encoder = Encoder(
        shape, lambda name: tf.constant(weights[name]), lambda ids: tf.gather(weights[WORD], ids)
    )
    ragged = tf.ragged.constant(ids, dtype=tf.int32)
    packed = pack(ragged)
    hidden = encoder.embeddings(ragged, packed)
    return encoder.layers(hidden, packed, range(shape.num_hidden_layers)), packed


def test_every_token_gets_the_vector_that_keras_hub_gives_it(folder: Path) -> None:
    keras_hub = pytest.importorskip("keras_hub")
    backbone = keras_hub.models.BertBackbone.from_preset(str(folder))
    longest = max(map(len, IDS))
    padded = np.array([row + [0] * (longest - len(row)) for row in IDS])
    mask = np.array([[1] * len(row) + [0] * (longest - len(row)) for row in IDS])
    theirs = backbone.predict(
        {"token_ids": padded, "padding_mask": mask, "segment_ids": np.zeros_like(padded)},
        verbose=0,
    )["sequence_output"]
    ours, _ = _hidden(folder, IDS, read_weights(folder))
    # KerasHub approximates GELU by tanh; BERT as published, and the bundle, do not.
    np.testing.assert_allclose(ours.numpy(), theirs[mask == 1], atol=2e-3)


def test_a_text_gets_the_same_vector_alone_and_beside_longer_ones(folder: Path) -> None:
    weights = read_weights(folder)
    together = mean_pool(*_hidden(folder, IDS, weights)).numpy()
    alone = [mean_pool(*_hidden(folder, [ids], weights)).numpy()[0] for ids in IDS]
    np.testing.assert_allclose(together, alone, atol=1e-5)


def _restored(weight: Quantised) -> Any:
    return weight.values.astype(np.float32) * weight.scale


def _rounded(weights: Weights) -> Weights:
    """As they are after a round trip through int8."""
    stored = split(weights)
    small = {**stored.tables, **stored.kernels}
    return {**{name: _restored(each) for name, each in small.items()}, **stored.rest}


def test_int8_is_never_off_by_more_than_half_a_step() -> None:
    weight = np.random.default_rng(0).normal(size=(7, 5)).astype(np.float32)
    weight[3] = 0.0
    stored = quantise(weight, axis=1)
    assert stored.values.dtype == np.int8
    assert (np.abs(_restored(stored) - weight) <= stored.scale / 2 + 1e-7).all()


def test_int8_turns_no_sentence_vector_by_more_than_a_little(folder: Path) -> None:
    weights = read_weights(folder)
    exact, stored = (
        tf.math.l2_normalize(mean_pool(*_hidden(folder, IDS, kept)), axis=1).numpy()
        for kept in (weights, _rounded(weights))
    )
    assert (np.sum(exact * stored, axis=1) > 0.99).all()
