"""The one trainer of the workshop: it learns, by rates of its own, and averages the last steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from workshop.starter.trainer import Descent, Trainer

_POINTS = (tf.TensorSpec([None], tf.float32),)
_BATCH = [(np.ones(4, np.float32),)]


def _variables() -> dict[str, Any]:
    return {
        "low/kernel": tf.Variable(np.full((2, 2), 3.0, np.float32)),
        "top/kernel": tf.Variable(np.full((2, 2), 3.0, np.float32)),
        "top/bias": tf.Variable(np.full(2, 3.0, np.float32)),
    }


def _trainer(variables: dict[str, Any], descent: Descent, *, steps: int, **given: Any) -> Trainer:
    def loss(points: Any) -> Any:
        return sum(tf.reduce_sum(tf.square(v)) for v in variables.values()) * points[0]

    return Trainer(variables, loss, signature=_POINTS, descent=descent, steps=steps, **given)


def test_the_loss_falls_and_a_lower_rate_moves_less() -> None:
    variables = _variables()
    trainer = _trainer(variables, Descent(0.1, warm_up=0.1, weight_decay=0.0), steps=40,
                       shares={"low/kernel": 0.25})  # fmt: skip
    first, second = trainer.epoch(_BATCH * 20), trainer.epoch(_BATCH * 20)
    assert second < first
    moved = {name: 3.0 - float(v.numpy().mean()) for name, v in variables.items()}
    assert moved["top/kernel"] == pytest.approx(moved["top/bias"], rel=1e-4)
    assert 0 < moved["low/kernel"] < 0.5 * moved["top/kernel"]


def test_the_rate_warms_up_and_falls_to_nothing() -> None:
    variables = _variables()
    trainer = _trainer(variables, Descent(0.1, warm_up=0.5, weight_decay=0.0), steps=20)
    places = [3.0]
    for _ in range(20):
        trainer.epoch(_BATCH)
        places.append(float(variables["top/bias"].numpy()[0]))
    taken = -np.diff(places)
    assert taken[0] < 0.2 * taken.max()
    assert taken.argmax() in (9, 10, 11)
    assert taken[-1] < 0.2 * taken.max()


def test_kernels_decay_and_biases_do_not() -> None:
    kernel, bias = (tf.Variable(np.full(shape, 3.0, np.float32)) for shape in ((2, 2), (2,)))
    variables = {"kernel": kernel, "bias": bias}

    def flat(points: Any) -> Any:
        return 0.0 * points[0] * (tf.reduce_sum(kernel) + tf.reduce_sum(bias))

    descent = Descent(0.1, warm_up=0.0, weight_decay=0.5)
    Trainer(variables, flat, signature=_POINTS, descent=descent, steps=10).epoch(_BATCH * 10)
    assert kernel.numpy().max() < 2.9
    assert bias.numpy().tolist() == [3.0, 3.0]


def test_the_weights_are_the_mean_of_every_tenth_of_the_last_steps() -> None:
    variables = _variables()
    descent = Descent(0.1, warm_up=0.1, weight_decay=0.0, averaged_share=0.5)
    trainer = _trainer(variables, descent, steps=60)
    noted = []
    for _ in range(6):
        trainer.epoch(_BATCH * 10)
        noted.append(variables["top/kernel"].numpy())
    np.testing.assert_allclose(trainer.weights()["top/kernel"], np.mean(noted[3:], axis=0), 1e-6)


def test_a_training_too_short_for_a_mean_gives_its_weights_as_they_are() -> None:
    variables = _variables()
    descent = Descent(0.1, warm_up=0.1, weight_decay=0.0, averaged_share=0.5)
    trainer = _trainer(variables, descent, steps=4)
    trainer.epoch(_BATCH * 4)
    np.testing.assert_array_equal(trainer.weights()["top/bias"], variables["top/bias"].numpy())
