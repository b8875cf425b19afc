"""From raw outputs to probabilities, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.models.outputs import OutputError, calibrate, read_output
from moderation.models.types import ItemFailure
from schemas.card import Calibration, InputSpec, TaskSpec
from schemas.codes import Code
from schemas.records import Kind


def task(labels: int = 3, **changes: Any) -> TaskSpec:
    return TaskSpec(
        name="classification",
        kind=Kind.MEME,
        inputs=(InputSpec(name="text", source="text", fields=("text",)),),
        output="out",
        labels=tuple(f"label_{at}" for at in range(labels)),
        **changes,
    )


def read(raw: Any, **options: Any) -> list[tuple[float, ...] | ItemFailure]:
    array = np.asarray(raw, dtype=np.float32)
    return read_output({"out": array}, task=task(**options), rows=len(array))


def test_probabilities_pass_unchanged() -> None:
    assert read([[0.5, 0.25, 0.25], [0, 0, 1]]) == [(0.5, 0.25, 0.25), (0.0, 0.0, 1.0)]


@pytest.mark.parametrize("raw", [[0.25, 1.0], [[0.25], [1.0]]])
def test_one_number_is_the_second_labels(raw: Any) -> None:
    assert read(raw, labels=2) == [(0.75, 0.25), (0.0, 1.0)]


@pytest.mark.parametrize(
    "row",
    [[float("nan"), 0, 1], [float("inf"), 0, 0], [2.0, -3.0, 0.5], [0.5, 0.5, 0.5], [0, 0, 0]],
)
def test_a_row_that_is_no_probability_fails_alone(row: list[float]) -> None:
    good, bad = read([[0.5, 0.25, 0.25], row])
    assert good == (0.5, 0.25, 0.25)
    assert isinstance(bad, ItemFailure)
    assert bad.code is Code.MODEL_OUTPUT


@pytest.mark.parametrize(
    ("shape", "labels", "remedy"), [((1, 3), 3, "softmax"), ((1, 1), 2, "sigmoid")]
)
def test_logits_are_told_with_their_remedy(
    shape: tuple[int, ...], labels: int, remedy: str
) -> None:
    (failure,) = read(np.full(shape, 4.0), labels=labels)
    assert isinstance(failure, ItemFailure)
    assert f"--activation {remedy}" in failure.message


@given(st.lists(st.floats(-300, 300, width=32), min_size=3, max_size=3))
def test_softmax_is_a_distribution_and_keeps_the_order(row: list[float]) -> None:
    (scores,) = read([row], activation="softmax")
    assert isinstance(scores, tuple)
    assert abs(sum(scores) - 1) < 1e-9
    assert np.argmax(row) == np.argmax(scores) or max(scores) == scores[int(np.argmax(row))]


def test_sigmoid_answers_each_label_for_itself() -> None:
    (scores,) = read([[0.0, 0.0, 100.0]], activation="sigmoid")
    assert scores == (0.5, 0.5, 1.0)
    assert read([[0.0], [-500.0]], labels=2, activation="sigmoid") == [(0.5, 0.5), (1.0, 0.0)]


@pytest.mark.parametrize("shape", [(2, 4), (3, 3), (2,), (2, 1), (2, 3, 1)])
def test_a_wrong_shape_blames_no_row(shape: tuple[int, ...]) -> None:
    with pytest.raises(OutputError, match="shape"):
        read_output({"out": np.zeros(shape)}, task=task(), rows=2)
    with pytest.raises(OutputError, match="no output 'out'"):
        read_output({"other": np.zeros((2, 3))}, task=task(), rows=2)


def test_temperature_divides_the_log_odds() -> None:
    raw = np.array([[0.8, 0.2]])
    calibrated = calibrate(raw, Calibration(method="temperature", temperature=2.0))
    assert calibrated[0, 0] / calibrated[0, 1] == pytest.approx(2.0)  # (0.8 / 0.2) ** (1 / 2)
    assert calibrate(raw, Calibration(method="temperature")) == pytest.approx(raw)


def test_platt_is_a_line_over_the_log_odds_of_the_second_label() -> None:
    raw = np.array([[0.5, 0.5], [0.2, 0.8], [1.0, 0.0]])
    calibrated = calibrate(raw, Calibration(method="platt", slope=2.0, intercept=0.0))
    assert calibrated[0, 1] == pytest.approx(0.5)
    assert calibrated[1, 1] / calibrated[1, 0] == pytest.approx(16.0)  # (0.8 / 0.2) ** 2
    assert calibrated[2, 1] == pytest.approx(0.0)
    shifted = calibrate(raw, Calibration(method="platt", slope=1.0, intercept=np.log(3.0)))
    assert shifted[0, 1] == pytest.approx(0.75)
    np.testing.assert_allclose(shifted.sum(axis=1), 1.0)


def test_a_line_per_label_moves_each_by_itself() -> None:
    raw = np.array([[0.5, 0.8, 0.0], [0.2, 0.8, 1.0]])
    lines = Calibration(
        method="platt_per_label", slopes=(1.0, 2.0, 1.0), intercepts=(np.log(3.0), 0.0, 0.0)
    )
    calibrated = calibrate(raw, lines)
    assert calibrated[0, 0] == pytest.approx(0.75)
    assert calibrated[:, 1] == pytest.approx(16 / 17)  # (0.8 / 0.2) ** 2
    assert calibrated[:, 2] == pytest.approx([0.0, 1.0], abs=1e-9)


def test_half_precision_is_given_its_rounding() -> None:
    raw = np.array([[0.3333, 0.3333, 0.3333]], dtype=np.float16) * np.float16(1.005)
    (scores,) = read_output({"out": raw}, task=task(), rows=1)
    assert isinstance(scores, tuple)
