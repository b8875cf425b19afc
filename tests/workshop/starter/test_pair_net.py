"""The net that reads two texts as one pair."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from moderation.starter.encoder import BertShape, Weights, pack
from moderation.starter.pair_rules import NAMES
from tests.workshop.starter import tiny
from workshop.starter import pair_net
from workshop.starter.hugging_face import read_shape, read_weights

Array = np.ndarray[Any, Any]

FIRST = (5, 1, 9)
SECOND = (7, 12, 2)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Weights, BertShape]:
    folder: Path = tmp_path_factory.mktemp("encoder") / "minilm"
    tiny.write_encoder(folder)
    return read_weights(folder), read_shape(folder)


@pytest.fixture(scope="module")
def weights(encoder: tuple[Weights, BertShape]) -> Weights:
    random = np.random.default_rng(4)
    start = pair_net.initial(*encoder, seed=3)
    return {name: value + random.normal(0, 0.05, value.shape) for name, value in start.items()}


@pytest.fixture(scope="module")
def texts() -> tuple[list[Array], list[Array]]:
    random = np.random.default_rng(5)
    first, second = (
        [random.normal(size=(n, tiny.HIDDEN)) for n in sizes] for sizes in (FIRST, SECOND)
    )
    return first, second


def _in_the_graph(
    weights: Weights, shape: BertShape, first: list[Array], second: list[Array]
) -> Array:
    sizes = [len(text) for text in (*first, *second)]
    ids = tf.RaggedTensor.from_row_lengths(tf.zeros([sum(sizes)], tf.int32), sizes)
    hidden = tf.constant(np.concatenate([*first, *second]), tf.float32)
    tensors = {name: tf.constant(value, tf.float32) for name, value in weights.items()}
    lexical = tf.ones([len(first), len(NAMES)])
    net = pair_net.Net(tensors.__getitem__, shape)
    found: Array = net.logits(hidden, pack(ids), lexical).numpy()
    return found


class _Plain:
    """One pair, token by token, in NumPy."""

    def __init__(self, weights: Weights, shape: BertShape) -> None:
        self._weights, self._shape = weights, shape

    def logits(self, first: Array, second: Array) -> Array:
        one = np.array([self._compared(token, second) for token in first])
        two = np.array([self._compared(token, first) for token in second])
        tokens = [
            text + self._of("side")[side] + found @ self._of("into/kernel") + self._of("into/bias")
            for side, (text, found) in enumerate(((first, one), (second, two)))
        ]
        hidden = np.concatenate(tokens)
        for index in range(pair_net.LAYERS):
            hidden = self._layer(f"layer{index}", hidden)
        a, b = hidden[: len(first)].mean(0), hidden[len(first) :].mean(0)
        pooled = [a, b, a - b, a * b, one.max(0), two.max(0), np.ones(len(NAMES))]
        return self._dense("out", _gelu(self._dense("hidden", np.concatenate(pooled))))

    def _compared(self, token: Array, others: Array) -> Array:
        sharpness, parts = self._of("sharpness"), []
        size = self._of("query/kernel").shape[1] // len(sharpness)
        for head, sharp in enumerate(sharpness):
            of = slice(head * size, (head + 1) * size)
            keys = others @ self._of("key/kernel")[:, of]
            scores = keys @ (token @ self._of("query/kernel")[:, of]) * sharp / math.sqrt(size)
            parts.append(_softmax(scores) @ (others @ self._of("found/kernel"))[:, of])
        found, own = np.concatenate(parts), token @ self._of("own/kernel")
        sides = np.concatenate([own, found, own - found, own * found])
        return _gelu(self._dense("compare", sides))

    def _layer(self, name: str, hidden: Array) -> Array:
        heads, width = self._shape.num_attention_heads, hidden.shape[1]
        fused = self._dense(f"{name}/qkv", hidden).reshape(-1, 3, heads, width // heads)
        query, key, value = fused.transpose(1, 2, 0, 3)
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(width // heads)
        mixed = (_softmax(scores) @ value).transpose(1, 0, 2).reshape(-1, width)
        hidden = self._norm(f"{name}/mix_norm", hidden + self._dense(f"{name}/mix", mixed))
        wide = self._dense(f"{name}/down", _gelu(self._dense(f"{name}/up", hidden)))
        return self._norm(f"{name}/down_norm", hidden + wide)

    def _norm(self, name: str, hidden: Array) -> Array:
        centred = hidden - hidden.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + self._shape.layer_norm_eps)
        return centred / spread * self._of(f"{name}/gamma") + self._of(f"{name}/beta")

    def _dense(self, name: str, inputs: Array) -> Array:
        return inputs @ self._of(f"{name}/kernel") + self._of(f"{name}/bias")

    def _of(self, name: str) -> Array:
        return self._weights[f"{pair_net.PREFIX}/{name}"]


def _gelu(values: Array) -> Array:
    return 0.5 * values * (1 + np.vectorize(math.erf)(values / math.sqrt(2)))


def _softmax(scores: Array) -> Array:
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(shares / shares.sum(-1, keepdims=True))


def test_the_graph_reads_pairs_as_plain_loops_do(
    weights: Weights, encoder: tuple[Weights, BertShape], texts: tuple[list[Array], list[Array]]
) -> None:
    plain = _Plain(weights, encoder[1])
    wanted = [plain.logits(*pair) for pair in zip(*texts, strict=True)]
    np.testing.assert_allclose(_in_the_graph(weights, encoder[1], *texts), wanted, atol=1e-4)


def test_a_pair_is_judged_alone_as_beside_longer_ones(
    weights: Weights, encoder: tuple[Weights, BertShape], texts: tuple[list[Array], list[Array]]
) -> None:
    first, second = texts
    together = _in_the_graph(weights, encoder[1], first, second)
    alone = [
        _in_the_graph(weights, encoder[1], [a], [b])[0] for a, b in zip(first, second, strict=True)
    ]
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_its_layers_begin_as_those_above_the_ones_that_read_each_text(
    encoder: tuple[Weights, BertShape],
) -> None:
    published, shape = encoder
    start = pair_net.initial(published, shape, seed=1)
    first = pair_net.lower_layers(shape).stop
    for index in range(pair_net.LAYERS):
        np.testing.assert_array_equal(
            start[f"pair/layer{index}/up/kernel"], published[f"layer{first + index}/up/kernel"]
        )
