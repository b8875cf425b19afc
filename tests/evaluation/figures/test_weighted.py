from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from moderation.evaluation.figures.points import measure
from moderation.evaluation.figures.sample import Sample, make_sample
from moderation.evaluation.figures.weighted import WeightedFigures, bin_of
from tests.evaluation.samples import samples, scored

CLOSE = {"rel": 1e-9, "abs": 1e-9, "nan_ok": True}


@given(samples())
def test_weights_of_one_give_the_figures_that_scikit_learn_gives(sample: Sample) -> None:
    ones = np.ones((1, len(sample)), dtype=np.uint16)
    found = {name: float(values[0]) for name, values in WeightedFigures(sample)(ones).items()}
    assert found == pytest.approx(measure(sample).values, **CLOSE)


@given(samples(multi_label=False), st.integers(0, 2**32 - 1))
def test_weights_agree_with_scikit_learns_sample_weight(sample: Sample, seed: int) -> None:
    weights = np.random.default_rng(seed).integers(0, 4, size=(1, len(sample)), dtype=np.uint16)
    weights[0, 0] += 1
    found = {name: float(values[0]) for name, values in WeightedFigures(sample)(weights).items()}
    expected = sklearn_figures(sample, weights[0])
    assert {name: found[name] for name in expected} == pytest.approx(expected, **CLOSE)


@given(samples(), st.integers(0, 2**32 - 1))
def test_a_weight_of_two_is_the_item_twice(sample: Sample, seed: int) -> None:
    weights = np.random.default_rng(seed).integers(0, 4, size=(1, len(sample)), dtype=np.uint16)
    weights[0, -1] += 1
    repeated = sample.take(np.repeat(np.arange(len(sample)), weights[0]))
    found = {name: float(values[0]) for name, values in WeightedFigures(sample)(weights).items()}
    assert found == pytest.approx(measure(repeated).values, **CLOSE)


def test_each_replicate_of_a_batch_is_computed_by_itself() -> None:
    truth, p = scored(60, 3, levels=2)
    sample = make_sample(truth, p, ("a", "b", "c"))
    weights = np.random.default_rng(0).integers(0, 3, size=(5, 60), dtype=np.uint16)
    together = WeightedFigures(sample)(weights)
    for place in range(5):
        alone = WeightedFigures(sample)(weights[place : place + 1])
        assert {n: v[place] for n, v in together.items()} == pytest.approx(
            {name: values[0] for name, values in alone.items()}, **CLOSE
        )


def test_bins_are_those_of_scikit_learns_calibration_curve() -> None:
    from sklearn.calibration import calibration_curve

    p = np.append(np.random.default_rng(0).random(500), np.linspace(0, 1, 11))
    so = np.random.default_rng(1).random(len(p)) < p
    rates, means = calibration_curve(so, p, n_bins=10, strategy="uniform")
    bins = bin_of(p)
    assert [so[bins == b].mean() for b in range(10)] == pytest.approx(rates.tolist())
    assert [p[bins == b].mean() for b in range(10)] == pytest.approx(means.tolist())


def sklearn_figures(sample: Sample, weights: Any) -> dict[str, float]:
    """Everything that scikit-learn can weigh, where it is defined."""
    truth, predicted = sample.label, sample.predicted_label
    labels = np.arange(len(sample.names))
    drawn = weights > 0
    occurring = np.union1d(truth[drawn], predicted[drawn])
    each = {"sample_weight": weights, "zero_division": 0.0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {
            "accuracy": metrics.accuracy_score(truth, predicted, sample_weight=weights),
            "macro_f1": metrics.f1_score(
                truth, predicted, labels=occurring, average="macro", **each
            ),
            "weighted_f1": metrics.f1_score(truth, predicted, average="weighted", **each),
            "log_loss": metrics.log_loss(truth, sample.p, labels=labels, sample_weight=weights),
        }
    for place, name in enumerate(sample.names):
        hit = sample.truth[:, place]
        hits, of = float(weights[hit].sum()), float(weights.sum())
        if hits:
            found[f"{name}.pr_auc"] = metrics.average_precision_score(
                hit, sample.p[:, place], sample_weight=weights
            )
        if 0 < hits < of:
            found[f"{name}.roc_auc"] = metrics.roc_auc_score(
                hit, sample.p[:, place], sample_weight=weights
            )
    if sample.positive is not None:
        found["brier"] = metrics.brier_score_loss(
            sample.truth[:, 1], sample.p[:, 1], sample_weight=weights
        )
    return {name: float(value) for name, value in found.items() if not math.isnan(value)}
