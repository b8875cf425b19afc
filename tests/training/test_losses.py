"""Losses, against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import tensorflow as tf

from moderation.training.losses import class_weights, make_loss
from schemas.recipe import LossSpec

LOGITS = tf.constant([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
TRUTH = tf.constant([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
P_FIRST = math.exp(2) / (math.exp(2) + 2)
P_SECOND = 1 / (math.exp(1) + 2)


def test_cross_entropy_is_the_mean_of_minus_log_p() -> None:
    wanted = -(math.log(P_FIRST) + math.log(P_SECOND)) / 2

    assert float(make_loss(LossSpec(), activation="softmax")(TRUTH, LOGITS)) == pytest.approx(
        wanted
    )


@pytest.mark.parametrize("gamma", [0.5, 2.0])
def test_focal_loss_weighs_each_example_by_what_it_lacks(gamma: float) -> None:
    loss = make_loss(LossSpec(name="focal", gamma=gamma), activation="softmax")
    wanted = -sum((1 - p) ** gamma * math.log(p) for p in (P_FIRST, P_SECOND)) / 2

    assert float(loss(TRUTH, LOGITS)) == pytest.approx(wanted, rel=1e-5)


def test_focal_loss_without_gamma_is_cross_entropy() -> None:
    focal = make_loss(LossSpec(name="focal", gamma=0), activation="softmax")
    plain = make_loss(LossSpec(), activation="softmax")

    assert float(focal(TRUTH, LOGITS)) == pytest.approx(float(plain(TRUTH, LOGITS)), rel=1e-5)


def test_focal_loss_of_labels_that_do_not_exclude_each_other() -> None:
    loss = make_loss(LossSpec(name="focal", gamma=2), activation="sigmoid")
    yes, no = 1 / (1 + math.exp(-1.5)), 1 / (1 + math.exp(0.5))
    wanted = -((1 - yes) ** 2 * math.log(yes) + (1 - no) ** 2 * math.log(no)) / 2

    found = float(loss(tf.constant([[1.0, 0.0]]), tf.constant([[1.5, 0.5]])))

    assert found == pytest.approx(wanted, rel=1e-5)


def test_class_weights_make_all_labels_weigh_the_same() -> None:
    weights = class_weights((10, 30, 60))

    assert weights == pytest.approx((100 / 30, 100 / 90, 100 / 180))
    assert [n * w for n, w in zip((10, 30, 60), weights, strict=True)] == pytest.approx(
        [100 / 3] * 3
    )


def test_a_label_without_examples_weighs_nothing_and_takes_nothing() -> None:
    assert class_weights((10, 0, 10)) == (1.0, 0.0, 1.0)


def test_class_weighted_loss_takes_the_weights_as_of_examples() -> None:
    loss = make_loss(LossSpec(name="class_weighted"), activation="softmax")
    weights = class_weights((3, 1, 1))
    wanted = -(weights[0] * math.log(P_FIRST) + weights[2] * math.log(P_SECOND)) / 2

    found = float(loss(TRUTH, LOGITS, sample_weight=tf.constant([weights[0], weights[2]])))

    assert found == pytest.approx(wanted, rel=1e-5)


def test_label_smoothing_moves_truth_towards_all() -> None:
    loss = make_loss(LossSpec(label_smoothing=0.3), activation="softmax")
    rest = math.exp(0) / (math.exp(2) + 2)
    wanted = -(0.8 * math.log(P_FIRST) + 0.2 * math.log(rest))

    assert float(loss(TRUTH[:1], LOGITS[:1])) == pytest.approx(wanted, rel=1e-5)
