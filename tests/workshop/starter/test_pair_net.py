"""The word-by-word comparison and the mix of both judges equal their plain forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from moderation.starter.encoder import Weights, pack
from workshop.starter import pair_mix, pair_net

Array = np.ndarray[Any, Any]

HIDDEN = 24
FIRST = (5, 1, 9)
SECOND = (7, 12, 2)


@pytest.fixture(scope="module")
def weights() -> Weights:
    random = np.random.default_rng(4)
    start = pair_net.initial(HIDDEN, seed=3)
    return {name: value + random.normal(0, 0.05, value.shape) for name, value in start.items()}


@pytest.fixture(scope="module")
def texts() -> tuple[list[Array], list[Array]]:
    random = np.random.default_rng(5)
    first, second = ([random.normal(size=(n, HIDDEN)) for n in sizes] for sizes in (FIRST, SECOND))
    return first, second


def _in_the_graph(weights: Weights, first: list[Array], second: list[Array]) -> Array:
    sizes = [len(text) for text in (*first, *second)]
    ids = tf.RaggedTensor.from_row_lengths(tf.zeros([sum(sizes)], tf.int32), sizes)
    hidden = tf.constant(np.concatenate([*first, *second]), tf.float32)
    tensors = {name: tf.constant(value, tf.float32) for name, value in weights.items()}
    found: Array = pair_net.Net(tensors.__getitem__).logits(hidden, pack(ids)).numpy()
    return found


def _plain(weights: Weights, first: Array, second: Array) -> Array:
    """One pair, token by token."""

    def weight(name: str) -> Array:
        return weights[f"{pair_net.PREFIX}/{name}"]

    def dense(name: str, vector: Array) -> Array:
        wide = vector @ weight(f"{name}/kernel") + weight(f"{name}/bias")
        return np.array([0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in wide])

    heads = len(weight("sharpness"))

    def compared(token: Array, others: Array) -> Array:
        parts = []
        for head in range(heads):
            size = weight("query/kernel").shape[1] // heads
            of = slice(head * size, (head + 1) * size)
            keys, values = others @ weight("key/kernel")[:, of], others @ weight("found/kernel")
            scores = keys @ (token @ weight("query/kernel")[:, of]) * weight("sharpness")[head]
            shares = np.exp(scores / math.sqrt(size))
            parts.append(shares / shares.sum() @ values[:, of])
        found, own = np.concatenate(parts), token @ weight("own/kernel")
        sides = np.concatenate([own, found, own - found, own * found])
        return dense("again", dense("compare", sides))

    one = np.array([compared(token, second) for token in first])
    two = np.array([compared(token, first) for token in second])
    pooled = np.concatenate([one.mean(0), two.mean(0), one.max(0), two.max(0)])
    return dense("hidden", pooled) @ weight("out/kernel") + weight("out/bias")


def test_the_graph_compares_as_plain_loops_do(
    weights: Weights, texts: tuple[list[Array], list[Array]]
) -> None:
    wanted = [_plain(weights, *pair) for pair in zip(*texts, strict=True)]
    np.testing.assert_allclose(_in_the_graph(weights, *texts), wanted, atol=1e-4)


def test_a_pair_is_judged_alone_as_beside_longer_ones(
    weights: Weights, texts: tuple[list[Array], list[Array]]
) -> None:
    first, second = texts
    together = _in_the_graph(weights, first, second)
    alone = [_in_the_graph(weights, [a], [b])[0] for a, b in zip(first, second, strict=True)]
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_posts_that_both_carry_a_link_are_left_to_the_judge_of_posts() -> None:
    link, none = "look https://t.co/x there", "nothing to see"
    found = pair_mix.both_linked(
        tf.constant([link, link, none, "two\nlines\nhttp://a.b/c"]),
        tf.constant([link, none, none, link]),
    )
    assert found.numpy().tolist() == [True, False, False, True]
    random = np.random.default_rng(1)
    stack, compared = random.normal(size=(2, 4, 3))
    mix = pair_mix.Mix(share=0.8, temperature=1.5)
    p = mix.probabilities(stack, compared, found.numpy())
    np.testing.assert_allclose(p[[0, 3]], pair_mix.softmax(stack)[[0, 3]])
    assert np.abs(p - pair_mix.softmax(stack))[1:3].max() > 0.05


def test_the_mix_in_the_graph_is_the_mix_that_was_judged() -> None:
    random = np.random.default_rng(2)
    stack, compared = random.normal(size=(2, 6, 3)).astype(np.float32)
    linked = np.array([True, False] * 3)
    mix = pair_mix.Mix(share=0.7, temperature=2.0)
    tensors = {name: tf.constant(value) for name, value in mix.as_weights().items()}
    odds = pair_mix.log_odds(
        tensors.__getitem__, tf.constant(stack), tf.constant(compared), tf.constant(linked)
    )
    np.testing.assert_allclose(
        tf.nn.softmax(odds), mix.probabilities(stack, compared, linked), atol=1e-5
    )


def test_the_mix_trusts_whichever_judge_is_right() -> None:
    random = np.random.default_rng(3)
    labels = random.integers(3, size=300)
    right = 3.0 * np.eye(3)[labels] + random.normal(size=(300, 3))
    wrong = 3.0 * np.eye(3)[random.permutation(labels)]
    assert pair_mix.fit(wrong, right, labels).share > 0.8
    assert pair_mix.fit(right, wrong, labels).share < 0.2
