"""Copies are no independent evidence: figures of groups, each left out once, and redrawn whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.evaluation.figures.compare import compare
from moderation.evaluation.figures.evaluate import evaluate, figures
from moderation.evaluation.figures.groups import Grouping, effective
from moderation.evaluation.figures.left_out import left_out
from moderation.evaluation.figures.points import measure
from moderation.evaluation.figures.resample import redraws
from moderation.evaluation.figures.sample import Sample, make_sample
from moderation.evaluation.figures.weighted import WeightedFigures
from schemas.metrics import Figures
from tests.evaluation.copied import Copied
from tests.evaluation.figures.test_weighted import sklearn_figures
from tests.evaluation.samples import samples, scored

NAMES = ("no", "yes")
CLOSE = {"rel": 1e-9, "abs": 1e-9, "nan_ok": True}


def grouped(sample: Sample, random: np.random.Generator) -> Sample:
    codes = random.integers(0, max(2, len(sample) // 3), len(sample))
    made = sample.take(np.arange(len(sample)))
    return Sample(
        made.names,
        made.truth,
        made.p,
        made.multi_label,
        groups=np.unique(codes, return_inverse=True)[1],
    )


@settings(max_examples=25)
@given(samples(multi_label=False), st.integers(0, 2**32 - 1))
def test_weights_of_groups_agree_with_scikit_learns_sample_weight(
    sample: Sample, seed: int
) -> None:
    random = np.random.default_rng(seed)
    sample = grouped(sample, random)
    grouping = Grouping.of(sample)
    weights = random.integers(0, 4, size=(1, grouping.count), dtype=np.uint16)
    weights[0, 0] += 1
    drawn = WeightedFigures(sample, grouping)(weights)
    codes = np.arange(len(sample)) if grouping.codes is None else grouping.codes
    expected = sklearn_figures(sample, weights[0][codes])
    found = {name: float(drawn[name][0]) for name in expected}
    assert found == pytest.approx(expected, **CLOSE)


@settings(max_examples=15)
@given(samples(), st.integers(0, 2**32 - 1))
def test_a_group_left_out_leaves_the_figures_of_the_others(sample: Sample, seed: int) -> None:
    sample = grouped(sample, np.random.default_rng(seed))
    grouping = Grouping.of(sample)
    if grouping.count < 2:
        return
    without = dict(left_out(sample, grouping))
    codes = np.arange(len(sample)) if grouping.codes is None else grouping.codes
    for group in range(min(3, grouping.count)):
        expected = measure(sample.take(codes != group)).values
        whole = measure(sample).values
        for name in without:
            if np.isnan(expected[name]) or np.isnan(whole[name]):
                continue
            if sample.multi_label and name in ("roc_auc", "pr_auc"):
                continue  # a mean over those that are defined: which these are may change
            assert without[name][group] == pytest.approx(expected[name], **CLOSE), name


def test_average_precision_of_a_large_set_without_a_group_is_close() -> None:
    group, truth, (p, _) = Copied(groups=2_500, share=0.3).draw(np.random.default_rng(0))
    sample = make_sample(truth, p, NAMES, groups=group)
    grouping = Grouping.of(sample)
    without, whole = dict(left_out(sample, grouping))["pr_auc"], measure(sample).values["pr_auc"]
    exact = WeightedFigures(sample, grouping)((1 - np.eye(grouping.count)).astype(np.uint16))
    moved, due = without - whole, exact["pr_auc"] - whole
    assert np.corrcoef(moved, due)[0, 1] > 0.99
    assert np.square(moved).sum() == pytest.approx(np.square(due).sum(), rel=0.1)


def test_copies_make_intervals_no_shorter() -> None:
    truth, p = scored(300, 2)
    alone = evaluate(truth, p, NAMES).overall
    places = np.repeat(np.arange(300), 20)
    copied = evaluate(truth[places], p[places], NAMES, groups=places).overall
    assert (copied.items, copied.groups, copied.effective_groups) == (6_000, 300, 300.0)
    for name in ("accuracy", "macro_f1", "roc_auc", "pr_auc", "brier"):
        one, other = getattr(alone, name).interval_95, getattr(copied, name).interval_95
        assert other == pytest.approx(one, abs=0.004), name


def test_a_set_of_few_groups_has_figures_and_no_interval() -> None:
    truth, p = scored(400, 2)
    found = evaluate(truth, p, NAMES, groups=np.arange(400) // 100).overall
    assert (found.groups, found.accuracy.interval_95, found.accuracy.why) == (4, None, "few_groups")
    assert found.roc_auc.value is not None
    assert found.roc_auc.why == "few_groups"


def test_one_large_group_is_not_more_evidence_than_it_is() -> None:
    assert effective(np.ones(40)) == 40
    assert effective(np.array([1_000.0, 1.0, 1.0])) == pytest.approx(1.004, abs=1e-3)


def test_a_replicate_redraws_as_many_groups_as_there_are() -> None:
    weights = np.concatenate([*redraws(50, replicates=300, seed=1)])
    assert (weights.sum(axis=1) == 50).all()


def shown(found: Figures) -> dict[str, Any]:
    names = ("accuracy", "macro_f1", "weighted_f1", "roc_auc", "pr_auc", "brier")
    yes = found.labels[1]
    told = {name: getattr(found, name) for name in names}
    return told | {f"yes.{name}": getattr(yes, name) for name in ("precision", "recall", "f1")}


def test_ninety_five_of_a_hundred_intervals_of_copied_items_hold_the_truth() -> None:
    """Few positives, log-odds with heavy tails, copies without number: 200 sets of 150 groups."""
    made, sets = Copied(), 200
    _, truth, (p, _) = made.draw(np.random.default_rng(999), 40_000)
    true = {name: each.value for name, each in shown(figures(make_sample(truth, p, NAMES))).items()}
    held = dict.fromkeys(true, 0)
    for seed in range(sets):
        group, truth, (p, _) = made.draw(np.random.default_rng([1, seed]))
        found = figures(make_sample(truth, p, NAMES, groups=group))
        for name, each in shown(found).items():
            assert each.interval_95 is not None
            held[name] += each.interval_95[0] <= true[name] <= each.interval_95[1]
    assert {name: 0.92 <= each / sets <= 0.97 for name, each in held.items()} == dict.fromkeys(
        true, True
    ), held


@pytest.mark.slow
def test_equally_good_models_on_copied_items_are_called_different_in_one_of_twenty() -> None:
    made, sets = Copied(), 200
    called: dict[str, int] = {}
    for seed in range(sets):
        group, truth, (one, other) = made.draw(np.random.default_rng([2, seed]))
        found = compare(truth, one, other, NAMES, groups=group, replicates=200)
        for each in found:
            if each.figure in ("accuracy", "macro_f1", "roc_auc", "pr_auc", "brier"):
                hit = each.verdict in ("better", "worse")
                called[each.figure] = called.get(each.figure, 0) + hit
    assert 0.03 <= sum(called.values()) / (len(called) * sets) <= 0.07, called
    assert all(4 <= each <= 18 for each in called.values()), called  # what chance leaves of 10
