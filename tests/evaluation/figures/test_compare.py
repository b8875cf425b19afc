from __future__ import annotations

import numpy as np
import pytest

from moderation.evaluation.figures.compare import MAIN, compare
from moderation.evaluation.figures.sample import SampleError
from schemas.metrics import Difference
from tests.evaluation.samples import scored

NAMES = ("no", "yes")


def by_name(found: list[Difference]) -> dict[str, Difference]:
    return {each.figure: each for each in found}


def test_a_stronger_model_is_better_in_every_main_figure_and_the_weaker_one_worse() -> None:
    truth, weak = scored(600, 2, signal=0.6)
    strong = 0.6 * weak + 0.4 * np.eye(2)[truth]
    better = by_name(compare(truth, strong, weak, NAMES, replicates=200))
    worse = by_name(compare(truth, weak, strong, NAMES, replicates=200))
    for name in ("accuracy", "macro_f1", "weighted_f1", "roc_auc", "pr_auc", "log_loss", "brier"):
        assert (better[name].verdict, worse[name].verdict) == ("better", "worse"), name
        one, other = better[name].difference, worse[name].difference
        assert one is not None
        assert other == pytest.approx(-one)


def test_pairing_shows_a_difference_that_lies_within_either_interval() -> None:
    from moderation.evaluation.figures.evaluate import evaluate

    truth, p = scored(400, 2, signal=0.8)
    nudged = np.clip(p[:, 1] + 0.01 * (2 * truth - 1), 0, 1)
    found = by_name(compare(truth, nudged, p[:, 1], NAMES, replicates=300))["roc_auc"]
    here = evaluate(truth, nudged, NAMES, replicates=300).overall.roc_auc
    there = evaluate(truth, p, NAMES, replicates=300).overall.roc_auc
    assert here.interval_95 is not None
    assert there.value is not None
    assert here.interval_95[0] < there.value
    assert found.verdict == "better"


def test_two_models_of_equal_strength_are_called_different_in_about_one_of_twenty() -> None:
    called = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        truth = random.integers(2, size=150)
        one, other = (1 / (1 + np.exp(-random.normal(size=150) - truth)) for _ in range(2))
        found = by_name(compare(truth, one, other, NAMES, replicates=200))["roc_auc"]
        called += found.verdict != "no measurable difference"
    assert 1 <= called <= 12


def test_the_main_figures_come_first_then_those_of_labels() -> None:
    truth, p = scored(40, 2)
    names = [each.figure for each in compare(truth, p, p, NAMES, replicates=40)]
    assert tuple(names[: len(MAIN)]) == MAIN
    assert "yes.f1" in names[len(MAIN) :]


def test_what_is_undefined_stays_undefined() -> None:
    _, p = scored(20, 2)
    found = by_name(compare([1] * 20, p, p, NAMES, replicates=40))
    assert (found["roc_auc"].verdict, found["roc_auc"].difference) == ("undefined", None)
    assert found["accuracy"].verdict == "no measurable difference"


def test_both_models_need_every_item() -> None:
    truth, p = scored(20, 2)
    with pytest.raises(SampleError):
        compare(truth, p, p[:-1], NAMES)
