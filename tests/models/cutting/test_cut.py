"""Encoders found in a signature that was exported as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation.models.assemble import Assembler
from moderation.models.calls import Call, Result
from moderation.models.cutting.checked import CheckedCall
from moderation.models.cutting.flat import CannotCut
from moderation.models.types import ModelItem, Scores
from moderation.models.vocabulary import shipped_vocabulary
from schemas.records import Kind
from tests.models.cutting.towers import (
    NAMES,
    SIDE,
    WIDTH,
    Loaded,
    Tensors,
    Towers,
    items,
    values,
)


def test_towers_are_found_and_those_that_are_equal_are_one(loaded: Loaded) -> None:
    made = loaded.cut()
    by_fields = {part.inputs[0].fields[0]: part.signature for part in made.features.parts}
    assert sorted(by_fields) == sorted(NAMES)
    assert by_fields["image_1"] == by_fields["image_2"] != by_fields["text_1"]
    assert by_fields["text_1"] == by_fields["text_2"]
    assert len(made.functions) == 3


def test_what_comes_out_is_what_the_whole_says(loaded: Loaded) -> None:
    call = loaded.answering(items(6))
    assert isinstance(call, CheckedCall)
    found, whole = values(call(items(30))), values(call.whole(items(30)))
    np.testing.assert_allclose(found, whole, rtol=0, atol=2e-6)


def test_towers_with_weights_of_their_own_are_two(tmp_path: Path) -> None:
    one, other = Towers(), Towers()
    other.eye.assign(other.eye * 2)

    def whole(given: Tensors) -> dict[str, Any]:
        seen = [one.see(given["image_1"]), other.see(given["image_2"])]
        return one.judge([*seen, *(one.read(given[f"text_{at}"]) for at in (1, 2))])

    made = Loaded(tmp_path / "m", whole, keep=[one, other]).cut()
    assert len({part.signature for part in made.features.parts}) == 3


def test_what_is_light_goes_straight_to_what_joins(towers: Towers, tmp_path: Path) -> None:
    import tensorflow as tf

    def whole(given: Tensors) -> dict[str, Any]:
        seen = [towers.see(given[f"image_{at}"]) for at in (1, 2)]
        there = [tf.repeat(given[f"there_{at}"][:, tf.newaxis], WIDTH, axis=1) for at in (1, 2)]
        return towers.judge([*(a * b for a, b in zip(seen, there, strict=True)), *there])

    names = ("image_1", "image_2", "there_1", "there_2")
    loaded = Loaded(tmp_path / "m", whole, keep=towers, names=names)
    call = loaded.answering(items(6))
    assert isinstance(call, CheckedCall)
    np.testing.assert_allclose(values(call(items(20))), values(call.whole(items(20))), atol=2e-6)


def test_an_assertion_within_an_encoder_still_holds(towers: Towers, tmp_path: Path) -> None:
    import tensorflow as tf

    def whole(given: Tensors) -> dict[str, Any]:
        bright = tf.debugging.Assert(tf.reduce_all(given["image_1"] < 250.0), ["too bright"])
        with tf.control_dependencies([bright]):
            return towers.whole(given)

    dark, bright = (
        ModelItem("i", Kind.TWEET_PAIR, {"text_1": "a", "text_2": "b"}, {"image_1": pixels})
        for pixels in (np.zeros((SIDE, SIDE, 3), np.uint8), np.full((SIDE, SIDE, 3), 255, np.uint8))
    )
    call = Loaded(tmp_path / "m", whole, keep=towers).answering([dark])
    assert isinstance(call, CheckedCall)
    with pytest.raises(tf.errors.InvalidArgumentError, match="too bright"):
        call.joined([bright])


def draws(towers: Towers, given: Tensors) -> dict[str, Any]:
    import tensorflow as tf

    return {"p": towers.whole(given)["p"] + 0 * tf.random.uniform([1, 3])}


def remembers(towers: Towers, given: Tensors) -> dict[str, Any]:
    import tensorflow as tf

    with tf.control_dependencies([towers.head.assign(towers.head)]):
        return towers.whole(given)


def looks_at_both(towers: Towers, given: Tensors) -> dict[str, Any]:
    import tensorflow as tf

    seen = towers.see(tf.concat([given["image_1"], given["image_2"]], axis=1))
    lengths = tf.strings.length(given["text_1"]) + tf.strings.length(given["text_2"])
    read = tf.cast(lengths, tf.float32)[:, tf.newaxis] * tf.ones([1, WIDTH])
    return towers.judge([seen, seen, read, read])


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (draws, "RandomUniform"),
        (remembers, "AssignVariableOp"),
        (looks_at_both, "no part of an item"),
    ],
)
def test_what_cannot_be_cut_says_why(
    make: Callable[[Towers, Tensors], dict[str, Any]], why: str, towers: Towers, tmp_path: Path
) -> None:
    loaded = Loaded(tmp_path / "m", lambda given: make(towers, given), keep=towers)
    with pytest.raises(CannotCut, match=why):
        loaded.cut()
    assert isinstance(loaded.answering(items(6)), Call)


def test_an_encoder_that_looks_at_its_company_is_left_whole(towers: Towers, tmp_path: Path) -> None:
    import tensorflow as tf

    def whole(given: Tensors) -> dict[str, Any]:
        seen = [towers.see(given[f"image_{at}"]) for at in (1, 2)]
        level = [each - tf.reduce_mean(each, axis=0, keepdims=True) for each in seen]
        return towers.judge([*level, *(towers.read(given[f"text_{at}"]) for at in (1, 2))])

    loaded = Loaded(tmp_path / "m", whole, keep=towers)
    assert isinstance(loaded.answering(items(6)), Call)


def test_real_rows_that_come_out_otherwise_are_scored_whole_from_then_on(loaded: Loaded) -> None:
    call = loaded.answering(items(6))
    right = call.whole(items(10))
    wrong = [Scores({"entailment": (1.0, 0.0, 0.0)})] * 10

    class Wrong:
        tasks = call.tasks
        batch_size = None
        calls = 0

        def __call__(self, given: Sequence[ModelItem]) -> list[Result]:
            self.calls += 1
            return list(wrong[: len(given)])

    joined = Wrong()
    checked = CheckedCall(joined, call.whole)
    for _ in range(2):
        np.testing.assert_array_equal(values(checked(items(10))), values(right))
    assert joined.calls == 1


def test_a_branch_within_an_encoder_is_part_of_it(towers: Towers, tmp_path: Path) -> None:
    import tensorflow as tf

    def see(pixels: Any) -> Any:
        bright = tf.reduce_max(pixels) > 1000.0
        return tf.cond(
            bright, lambda: tf.zeros_like(towers.see(pixels)), lambda: towers.see(pixels)
        )

    def whole(given: Tensors) -> dict[str, Any]:
        seen = [see(given[f"image_{at}"]) for at in (1, 2)]
        return towers.judge([*seen, *(towers.read(given[f"text_{at}"]) for at in (1, 2))])

    loaded = Loaded(tmp_path / "m", whole, keep=towers)
    call = loaded.answering(items(6))
    assert isinstance(call, CheckedCall)
    np.testing.assert_allclose(values(call(items(20))), values(call.whole(items(20))), atol=2e-6)


def test_a_part_whose_rows_have_no_size_goes_straight_and_others_are_encoded(
    towers: Towers, tmp_path: Path
) -> None:
    import tensorflow as tf

    def letters(text: Any) -> Any:
        codes = tf.strings.unicode_decode(text, "UTF-8").to_tensor(shape=[None, None])
        return tf.matmul(tf.cast(codes, tf.float32)[:, :, tf.newaxis], tf.ones([1, WIDTH]))

    def whole(given: Tensors) -> dict[str, Any]:
        seen = [towers.see(given[f"image_{at}"]) for at in (1, 2)]
        first, second = (letters(given[f"text_{at}"]) for at in (1, 2))
        far = tf.reduce_sum(first, axis=1) - tf.reduce_sum(second, axis=1)
        met = tf.reduce_sum(tf.matmul(first, second, transpose_b=True), axis=[1, 2])
        return towers.judge([*seen, far / 1e4, far / 1e4 + 1e-9 * met[:, tf.newaxis]])

    loaded = Loaded(tmp_path / "m", whole, keep=towers)
    made = loaded.cut()
    assert {part.inputs[0].fields[0] for part in made.features.parts} == {"image_1", "image_2"}
    assert [each.name for each in made.features.inputs] == ["text_1", "text_2"]
    call = loaded.answering(items(6))
    np.testing.assert_allclose(values(call(items(20))), values(call.whole(items(20))), atol=2e-6)


def test_what_joins_may_ask_how_many_rows_and_sizes_an_encoder_saw(
    towers: Towers, tmp_path: Path
) -> None:
    import tensorflow as tf

    def whole(given: Tensors) -> dict[str, Any]:
        seen = [towers.see(given[f"image_{at}"]) for at in (1, 2)]
        rows, height, width, _ = tf.unstack(tf.shape(given["image_1"]))
        size = tf.ones([rows, WIDTH]) * tf.cast(height * width, tf.float32) / 100.0
        return towers.judge([*seen, size, towers.read(given["text_1"] + given["text_2"])])

    loaded = Loaded(tmp_path / "m", whole, keep=towers)
    call = loaded.answering(items(6))
    assert isinstance(call, CheckedCall)
    np.testing.assert_allclose(values(call(items(20))), values(call.whole(items(20))), atol=2e-6)


def test_a_graph_over_which_tensorflow_stumbles_is_called_whole(loaded: Loaded) -> None:
    class Odd:
        structured_input_signature = loaded.function.structured_input_signature

        def __call__(self, **given: Any) -> Any:
            return loaded.function(**given)

    signatures = {"serving_default": Odd()}  # it has no graph to look into
    assembler = Assembler(signatures, lambda _: shipped_vocabulary(), items(6), repeats=0)
    made = assembler.calls([loaded.task()])
    assert isinstance(made[0], Call)
    assert "AttributeError" in made[0].called.why
