"""The pair features and the trees in the graph equal their plain Python counterparts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.starter import pair_rules, pairs_graph
from moderation.starter.text_graph import TextGraph
from tests.starter import pairs_reference, text_reference
from tests.starter.hard_strings import HARD
from workshop.starter import pair_base
from workshop.starter.forest import forest_probabilities, forest_weights, train_forest


@pytest.fixture(scope="module")
def features(bundle: Path) -> Any:
    text = TextGraph(bundle / "assets")
    strings = tf.TensorSpec([None], tf.string)

    @tf.function(input_signature=[strings, strings])
    def run(first: Any, second: Any) -> Any:
        return pairs_graph.features(text.words(first), text.words(second))

    return run


def _reference(first: str, second: str, tables: Mapping[str, Any]) -> list[float]:
    one, two = (text_reference.words(text, **tables) for text in (first, second))
    return pairs_reference.features(one, two)


_WORDS = st.sampled_from(
    ["the", "vaccine", "is", "not", "safe", "#", "#covid19", "5", "12", "@user", "?", "!", "…",
     "no", "goal", "goal", "Arsenal", "1-0", "\"", "says", ":", "🔥", "漢"]
)  # fmt: skip
_TEXTS = st.lists(_WORDS, max_size=60).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=8))
def test_any_batch_of_pairs_gives_the_features_of_the_plain_python_reference(
    features: Any, fold: Any, entities: Any, pairs: list[tuple[str, str]]
) -> None:
    first, second = zip(*pairs, strict=True)
    expected = [_reference(a, b, {"fold": fold, "entities": entities}) for a, b in pairs]
    found = features(tf.constant(first), tf.constant(second)).numpy()
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_hard_strings_paired_with_one_another_give_the_reference_features(
    features: Any, fold: Any, entities: Any
) -> None:
    first, second = list(HARD), [*HARD[7:], *HARD[:7]]
    tables = {"fold": fold, "entities": entities}
    expected = [_reference(a, b, tables) for a, b in zip(first, second, strict=True)]
    found = features(tf.constant(first), tf.constant(second)).numpy()
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_a_text_with_itself_overlaps_wholly(features: Any) -> None:
    text = ["Seven new cases in the city today, says the mayor"]
    found = dict(zip(pair_rules.NAMES, features(text, text).numpy()[0], strict=True))
    for name in ("words_jaccard", "content_in_1", "shingle4_in_2", "run_share_1", "prefix_share"):
        assert found[name] == 1.0


def test_the_trees_in_the_graph_answer_as_scikit_learn_does() -> None:
    random = np.random.default_rng(5)
    inputs = random.normal(size=(300, 6)).astype(np.float32).round(1)
    labels = (inputs[:, 0] + inputs[:, 1] > 0).astype(int) + (inputs[:, 2] > 1)
    forest = train_forest(inputs, labels, trees=20, leaf=2, seed=1)
    weights = {name: tf.constant(value) for name, value in forest_weights(forest).items()}
    unseen = random.normal(size=(500, 6)).astype(np.float32).round(1)
    exact = tf.zeros([6])
    found = forest_probabilities(weights.__getitem__, tf.constant(unseen), exact).numpy()
    np.testing.assert_allclose(found, forest.predict_proba(unseen), atol=1e-5)


def test_near_a_threshold_both_sides_answer_and_their_shares_change_evenly() -> None:
    stump = {
        "root": [0], "feature": [0, 0, 0], "threshold": [0.5, 0.0, 0.0],
        "right": [2, 1, 2], "value": [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], "depth": 1,
    }  # fmt: skip
    weights = {f"forest/{name}": tf.constant(value) for name, value in stump.items()}
    inputs = tf.constant([[0.39], [0.4], [0.45], [0.5], [0.6], [0.61]])

    found = forest_probabilities(weights.__getitem__, inputs, tf.constant([0.2])).numpy()

    np.testing.assert_allclose(found[:, 0], [1, 1, 0.75, 0.5, 0, 0], atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


def test_a_forest_never_leaps() -> None:
    random = np.random.default_rng(8)
    inputs = random.normal(size=(400, 3)).astype(np.float32)
    forest = train_forest(inputs, (inputs[:, 0] > 0).astype(int), trees=30, leaf=2, seed=1)
    weights = {name: tf.constant(value) for name, value in forest_weights(forest).items()}
    unseen = random.normal(size=(400, 3)).astype(np.float32)
    moved = unseen + random.uniform(-4e-7, 4e-7, unseen.shape).astype(np.float32)

    def spread(width: float) -> float:
        one, other = (
            forest_probabilities(weights.__getitem__, tf.constant(x), tf.fill([3], width)).numpy()
            for x in (unseen, moved)
        )
        return float(np.abs(one - other).max())

    assert spread(0.03) < 2e-5


def test_trees_and_kernel_machine_in_the_graph_answer_as_scikit_learn_does() -> None:
    random = np.random.default_rng(6)
    inputs = random.normal(size=(200, pair_base.PLAIN + 20)).astype(np.float32)
    labels = (inputs[:, 0] > 0.3).astype(int) + (inputs[:, -1] > 0.2)
    recipe = pair_base.BaseRecipe(trees=15, directions=9, directions_for_trees=5)
    base = pair_base.fit(inputs, labels, recipe=recipe, seed=2)
    weights = {name: tf.constant(value) for name, value in base.as_weights().items()}
    unseen = random.normal(size=(300, pair_base.PLAIN + 20)).astype(np.float32)
    found = pair_base.values(weights.__getitem__, tf.constant(unseen)).numpy()
    np.testing.assert_allclose(found, base.values(unseen), atol=1e-3)
