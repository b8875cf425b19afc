"""The built-in signatures say of an item what they say of it alone, and copies never contradict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from moderation.models.batch_dependence import APART, apart
from tests.starter import calls
from workshop.starter import pair_sentences, same_words

CAMPAIGN = "Friends, interested all go to have a look!"
COPIES = [
    (f"{CAMPAIGN}\n@ann @bo_b https://t.co/abc", f"{CAMPAIGN}\n@cy https://t.co/def"),
    ("Current temperatures as of 7am. #readywx https://t.co/a1", "Current temperatures as of 7am. "
     "#readywx https://t.co/b2"),
    ("Matte Black Maserati https://t.co/RC", "matte black maserati https://t.co/gU"),
    ("The bridge is open again.", "The bridge is open again."),
    ("RT @paper: 5 hurt &amp; 2 missing 😢 https://t.co/x", "5 hurt & 2 missing 😢"),
    ("@a @b @c look " + "word " * 200, "look " + "word " * 200),
    ("https://t.co/one", "@you https://t.co/two"),
    ("", ""),
]  # fmt: skip
APARTS = [
    ("5 new cases in Leeds today https://t.co/a", "12 new cases in Leeds today https://t.co/b"),
    ("It is safe https://t.co/a", "It is not safe https://t.co/b"),
]
Pair = tuple[str, str]


@pytest.fixture
def score(loaded: Any, card: Any) -> Any:
    size = calls.side(card)

    def run(pairs: Sequence[Pair]) -> NDArray[np.float32]:
        first, second = (list(side) for side in zip(*pairs, strict=True))
        return calls.entailment(loaded, first, second, size=size)

    return run


def test_a_pairs_answer_is_the_same_alone_and_in_any_company(score: Any) -> None:
    _, check = pair_sentences.checked()
    plain = list(zip(check.first[::6], check.second[::6], strict=True))
    linked = [(f"{a} https://t.co/1", f"{b} https://t.co/2") for a, b in plain]

    found = apart(
        score, [*COPIES, *APARTS, *plain, *linked], stranger=("long " * 300, "other " * 300)
    )

    assert found.max() <= APART


def test_a_memes_answer_is_the_same_alone_and_in_any_company(loaded: Any, card: Any) -> None:
    size = calls.side(card)
    texts = ["have a lovely day", "all of them are vermin", "i hate muslims", "😂😂", "", "tea"] * 3
    shown = calls.pictures(len(texts) + 1, size)

    def run(places: Sequence[int]) -> NDArray[np.float32]:
        given = [texts[place] if place < len(texts) else "long " * 300 for place in places]
        return calls.hateful(loaded, given, shown[list(places)], size=size)

    assert apart(run, range(len(texts)), stranger=len(texts)).max() <= APART


def test_two_posts_that_say_the_same_never_contradict(score: Any) -> None:
    p = score(COPIES)

    np.testing.assert_allclose(p[:, 0], same_words.LEFT, atol=1e-5)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-5)
    assert p[3].argmax() == 1


def test_posts_that_differ_in_a_word_are_judged_by_the_model(score: Any) -> None:
    assert (np.abs(score(APARTS)[:, 0] - same_words.LEFT) > 0.01).all()


def test_the_rule_in_numpy_is_the_rule_in_the_graph() -> None:
    p = np.random.default_rng(2).dirichlet([1, 1, 1], 20)
    same = np.arange(20) % 2 == 0

    odds = same_words.log_odds(tf.constant(np.log(p), tf.float32), tf.constant(same))

    np.testing.assert_allclose(tf.nn.softmax(odds), same_words.probabilities(p, same), atol=1e-6)
    np.testing.assert_allclose(tf.nn.softmax(odds)[1::2], p[1::2], atol=1e-6)
