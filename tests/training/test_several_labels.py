"""Labels that do not exclude each other: from loss and figures to thresholds and policy."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import yaml
from sklearn import metrics

from moderation.models.outputs import calibrate
from moderation.training.batches import Batches
from moderation.training.calibrate import fit_each
from moderation.training.data import label_counts, open_examples
from moderation.training.epoch_figures import epoch_figures, probabilities
from moderation.training.losses import make_loss, positive_weights
from moderation.training.policy import starting_policy
from moderation.training.recipes import load_recipe
from moderation.training.thresholds import Rule, choose
from schemas.card import InputSpec, TaskSpec
from schemas.recipe import LossSpec
from schemas.records import Kind
from tests.pipelines.trainings import preprocessed

RNG = np.random.default_rng(0)
LABELS = ("a", "b", "c")


def drawn(rows: int, *, sharper: float) -> tuple[np.ndarray, np.ndarray]:
    """Raw probabilities whose log-odds are ``sharper`` times what they should be, less 1."""
    logits = RNG.normal(0, 1.5, (rows, 3))
    truth = (RNG.random((rows, 3)) < probabilities(logits, activation="sigmoid")).astype(int)
    return probabilities(sharper * logits - 1, activation="sigmoid"), truth


def test_each_label_gets_a_line_of_its_own() -> None:
    raw, truth = drawn(6_000, sharper=2.0)
    raw[:, 1] = raw[:, 1] ** 2  # another line than the others'

    found = fit_each(raw, truth)

    assert found.method == "platt_per_label"
    assert found.slopes[0] == pytest.approx(0.5, abs=0.05)
    assert found.intercepts[0] == pytest.approx(0.5, abs=0.1)
    assert found.slopes[1] != pytest.approx(0.5, abs=0.05)
    calibrated = calibrate(raw, found)
    for place in range(3):
        before, after = (metrics.log_loss(truth[:, place], p[:, place]) for p in (raw, calibrated))
        assert after < before
        assert calibrated[:, place].mean() == pytest.approx(truth[:, place].mean(), abs=0.02)


def test_a_label_that_hardly_occurs_stays_as_it_is() -> None:
    raw, truth = drawn(500, sharper=3.0)
    truth[:, 2] = 0
    truth[:4, 2] = 1

    found = fit_each(raw, truth)

    assert (found.slopes[2], found.intercepts[2]) == (1.0, 0.0)
    np.testing.assert_allclose(calibrate(raw, found)[:, 2], raw[:, 2], atol=1e-9)
    assert fit_each(raw, np.zeros_like(truth)).method == "none"


def test_each_label_has_a_threshold_even_of_two() -> None:
    p = np.repeat([[0.9, 0.2, 0.9], [0.8, 0.3, 0.1], [0.4, 0.1, 0.1], [0.3, 0.05, 0.1]], 4, axis=0)
    truth = np.repeat([[1, 1, 1], [1, 1, 0], [0, 0, 0], [0, 0, 0]], 4, axis=0)

    chosen = choose(p[:, :2], truth[:, :2], ("a", "b"), rule=Rule())

    assert chosen == {"a": pytest.approx(0.6), "b": pytest.approx(0.15)}
    assert choose(p, truth, LABELS, rule=Rule()).keys() == {"a", "b"}  # four rows have "c"


def test_an_epochs_figures_are_those_of_scikit_learn() -> None:
    logits = RNG.normal(size=(200, 3))
    truth = RNG.integers(0, 2, (200, 3))

    found = epoch_figures(logits, truth, LABELS, activation="sigmoid")

    p = probabilities(logits, activation="sigmoid")
    given = p >= 0.5
    expected = {
        "val_loss": np.mean([metrics.log_loss(truth[:, k], p[:, k]) for k in range(3)]),
        "val_accuracy": metrics.accuracy_score(truth, given),
        "val_macro_f1": metrics.f1_score(truth, given, average="macro"),
        "val_weighted_f1": metrics.f1_score(truth, given, average="weighted"),
        "val_auroc": metrics.roc_auc_score(truth, p),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    recalls = metrics.recall_score(truth, given, average=None)
    assert [found["val_labels"][name]["recall"] for name in LABELS] == pytest.approx(recalls)


def test_positive_weights_make_both_sides_of_a_label_weigh_the_same() -> None:
    assert positive_weights((10, 50, 0), 100) == (9.0, 1.0, 1.0)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_weighted_loss_is_tensorflows(smoothing: float) -> None:
    weights = (3.0, 1.0, 0.5)
    logits = tf.constant([[2.0, -1.0, 0.3], [-0.5, 90.0, -90.0]])
    truth = tf.constant([[1.0, 0.0, 1.0], [1.0, 0.0, 1.0]])
    spec = LossSpec(name="class_weighted", label_smoothing=smoothing)
    smoothed = truth * (1 - smoothing) + smoothing / 2
    wanted = tf.nn.weighted_cross_entropy_with_logits(smoothed, logits, tf.constant(weights))

    found = make_loss(spec, activation="sigmoid", positive_weights=weights)(truth, logits)

    assert float(found) == pytest.approx(float(tf.reduce_mean(wanted)), rel=1e-6)
    assert math.isfinite(float(found))


def test_labels_that_differ_in_signs_alone_have_flags_of_their_own() -> None:
    text = InputSpec(name="text", source="text", fields=("text",))
    task = TaskSpec(
        name="topic", kind=Kind.MEME, inputs=(text,), output="logits", activation="sigmoid",
        labels=("C", "C++", "c#"),
    )  # fmt: skip

    policy = starting_policy(task, model="m", version="1")

    assert policy is not None
    flags = yaml.safe_load(policy)["flags"]
    assert sorted(rule["label"] for rule in flags.values()) == ["C", "C++", "c#"]
    assert set(flags) == {"is_topic_c", "is_topic_c_2", "is_topic_c_3"}


def test_batches_hold_multi_hots_as_wide_as_the_kind_has_labels(tmp_path: Path) -> None:
    given: list[list[str]] = [["x", "y"], [], ["y"], ["x"]]
    memes = [
        {"id": str(n), "img": None, "text": f"words {n}", "label": given[n % 4]} for n in range(40)
    ]
    pairs = [
        {"id_1": f"a{n}", "text_1": f"one {n}", "image_1": None, "id_2": f"b{n}",
         "text_2": f"two {n}", "image_2": None, "label": ["p", "q", "r"][: n % 4]}
        for n in range(40)
    ]  # fmt: skip
    path = preprocessed(tmp_path, [*memes, *pairs], "--multi_label")
    changes = {"modalities": "text", "activation": "sigmoid", "training.balance": "none"}
    recipe = load_recipe("hateful_memes_concat", {**changes, "task": "topic"})

    examples = open_examples([str(path)], recipe)

    assert examples.infos[0].labels == {Kind.MEME: ["x", "y"], Kind.TWEET_PAIR: ["p", "q", "r"]}
    assert examples.labels == ("x", "y")
    truth = examples.label_indices("train")
    batches, _ = Batches(examples, lambda raw: raw).training(epoch=0)
    seen = {
        text: target.tolist()
        for inputs, targets, _ in batches
        for text, target in zip(inputs["text"].numpy(), targets.numpy(), strict=True)
    }
    assert len(seen) == len(truth)
    for text, target in seen.items():
        wanted = given[int(text.split()[1]) % 4]
        assert target == [float("x" in wanted), float("y" in wanted)]
    assert label_counts(examples, "train") == tuple(truth.sum(axis=0))
