"""Which of two judges answers for a pair, by how both texts look."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from moderation.starter.pair_rules import NAMES
from workshop.starter import pair_gate

Array = np.ndarray[Any, Any]


@pytest.fixture
def looks() -> tuple[Array, Array]:
    random = np.random.default_rng(1)
    labelled, others = random.normal(size=(2, 200, len(NAMES)))
    labelled[:, NAMES.index("log_words_1")] += 3.0
    return labelled, others


def test_pairs_that_look_like_labelled_ones_are_asked_of_their_judge(
    looks: tuple[Array, Array],
) -> None:
    gate = pair_gate.fit(*looks)
    labelled, others = (gate.share(each).mean() for each in looks)
    assert labelled > 0.8 > 0.2 > others


def test_what_two_texts_have_in_common_does_not_count(looks: tuple[Array, Array]) -> None:
    labelled, others = looks
    labelled[:, NAMES.index("words_jaccard")] += 3.0
    assert pair_gate.fit(labelled, others).kernel[NAMES.index("words_jaccard")] == 0


def test_the_mix_in_the_graph_is_the_mix_that_was_judged(looks: tuple[Array, Array]) -> None:
    gate = pair_gate.fit(*looks)
    stack, net = np.random.default_rng(2).normal(size=(2, 6, 3)).astype(np.float32)
    lexical = np.concatenate([looks[0][:3], looks[1][:3]]).astype(np.float32)
    weights = {name: tf.constant(value) for name, value in gate.as_weights().items()}

    odds = pair_gate.log_odds(
        weights.__getitem__, tf.constant(stack), tf.constant(net), tf.constant(lexical)
    )

    share = gate.share(lexical)[:, None]
    wanted = share * tf.nn.softmax(stack) + (1 - share) * tf.nn.softmax(net)
    np.testing.assert_allclose(tf.nn.softmax(odds), wanted, atol=1e-5)
