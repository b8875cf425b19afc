from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics

from moderation.audit.intervals import wilson
from moderation.evaluation.figures.curves import reliability, sweep
from moderation.evaluation.figures.evaluate import card_figures, evaluate
from moderation.evaluation.figures.groups import Grouping
from moderation.evaluation.figures.resample import redraws, replicates_for
from moderation.evaluation.figures.sample import SampleError
from schemas.metrics import Figure, TaskMetrics
from tests.evaluation.samples import scored

NAMES = ("Contradictory", "Implies", "NoEntailment")
EACH_ALONE = partial(Grouping, None)


def test_all_figures_of_three_labels_are_scikit_learns() -> None:
    truth, p = scored(400, 3, levels=3)
    found = evaluate(truth, p, NAMES).overall
    predicted = p.argmax(axis=1)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(truth, predicted)
    assert found.accuracy.value == pytest.approx(metrics.accuracy_score(truth, predicted), abs=1e-9)
    assert [each.precision.value for each in found.labels] == pytest.approx(precision, abs=1e-9)
    assert [each.recall.value for each in found.labels] == pytest.approx(recall, abs=1e-9)
    assert [each.f1.value for each in found.labels] == pytest.approx(f1, abs=1e-9)
    assert [each.support for each in found.labels] == support.tolist()
    assert found.confusion == metrics.confusion_matrix(truth, predicted).tolist()
    expected = {
        "macro_f1": metrics.f1_score(truth, predicted, average="macro"),
        "weighted_f1": metrics.f1_score(truth, predicted, average="weighted"),
        "roc_auc": metrics.roc_auc_score(truth, p, multi_class="ovr", average="macro"),
        "pr_auc": metrics.average_precision_score(np.eye(3)[truth], p, average="macro"),
        "log_loss": metrics.log_loss(truth, p),
        "brier": float(((p - np.eye(3)[truth]) ** 2).sum(axis=1).mean()),
    }
    values = {name: getattr(found, name).value for name in expected}
    assert values == pytest.approx(expected, abs=1e-9)


def test_all_figures_of_two_labels_are_of_the_second() -> None:
    truth, p = scored(300, 2, levels=2)
    found = evaluate(truth, p[:, 1], ("no", "yes"))
    assert found.positive == "yes"
    expected = {
        "roc_auc": metrics.roc_auc_score(truth, p[:, 1]),
        "pr_auc": metrics.average_precision_score(truth, p[:, 1]),
        "brier": metrics.brier_score_loss(truth, p[:, 1]),
        "log_loss": metrics.log_loss(truth, p[:, 1]),
    }
    values = {name: getattr(found.overall, name).value for name in expected}
    assert values == pytest.approx(expected, abs=1e-9)


def test_an_item_with_several_labels_is_right_where_all_are() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, size=(200, 3))
    p = np.clip(0.3 * truth + 0.7 * random.random((200, 3)), 0, 1)
    found = evaluate(truth, p, NAMES, multi_label=True).overall
    assert found.accuracy.value == metrics.accuracy_score(truth, p >= 0.5)
    assert found.macro_f1.value == pytest.approx(
        metrics.f1_score(truth, p >= 0.5, average="macro"), abs=1e-9
    )
    assert found.roc_auc.value == pytest.approx(metrics.roc_auc_score(truth, p), abs=1e-9)
    assert found.confusion is None


def test_all_figures_of_several_labels_an_item_are_scikit_learns_at_any_thresholds() -> None:
    random = np.random.default_rng(1)
    truth = (random.random((300, 3)) < (0.5, 0.3, 0.05)).astype(int)
    p = np.round(np.clip(0.3 * truth + 0.6 * random.random((300, 3)), 0, 1), 2)
    at = (0.5, 0.31, 0.62)
    found = evaluate(truth, p, NAMES, multi_label=True, thresholds=at)
    given, overall = p >= np.array(at), found.overall
    expected = {
        "accuracy": metrics.accuracy_score(truth, given),
        "macro_f1": metrics.f1_score(truth, given, average="macro"),
        "weighted_f1": metrics.f1_score(truth, given, average="weighted"),
        "micro_f1": metrics.f1_score(truth, given, average="micro"),
        "samples_f1": metrics.f1_score(truth, given, average="samples", zero_division=1.0),
        "hamming_loss": metrics.hamming_loss(truth, given),
        "roc_auc": metrics.roc_auc_score(truth, p),
        "pr_auc": metrics.average_precision_score(truth, p),
    }
    values = {name: getattr(overall, name).value for name in expected}
    assert values == pytest.approx(expected, abs=1e-9)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(truth, given)
    assert [each.precision.value for each in overall.labels] == pytest.approx(precision, abs=1e-9)
    assert [each.recall.value for each in overall.labels] == pytest.approx(recall, abs=1e-9)
    assert [each.f1.value for each in overall.labels] == pytest.approx(f1, abs=1e-9)
    assert [each.support for each in overall.labels] == support.tolist()
    for place, each in enumerate(overall.labels):
        one, other = truth[:, place], p[:, place]
        assert each.roc_auc.value == pytest.approx(metrics.roc_auc_score(one, other), abs=1e-9)
        average = metrics.average_precision_score(one, other)
        assert each.pr_auc.value == pytest.approx(average, abs=1e-9)
    for name in expected:
        low, high = getattr(overall, name).interval_95
        assert low <= values[name] <= high
        assert high - low > 0.01
    assert found.thresholds == dict(zip(NAMES, at, strict=True))


def test_a_label_that_no_item_has_leaves_the_areas_of_the_others() -> None:
    random = np.random.default_rng(2)
    truth = random.integers(0, 2, size=(80, 3))
    truth[:, 1] = 0
    p = random.random((80, 3))
    found = evaluate(truth, p, NAMES, multi_label=True).overall
    assert found.labels[1].roc_auc.value is None
    assert found.roc_auc.value == pytest.approx(
        metrics.roc_auc_score(truth[:, [0, 2]], p[:, [0, 2]]), abs=1e-9
    )


def test_thresholds_of_labels_that_exclude_each_other_are_refused() -> None:
    truth, p = scored(20, 3)
    with pytest.raises(SampleError, match="multi_label"):
        evaluate(truth, p, NAMES, thresholds=(0.5, 0.5, 0.5))


def test_labels_may_be_names_or_places() -> None:
    truth, p = scored(50, 3)
    by_name = evaluate([NAMES[place] for place in truth], p, NAMES)
    assert by_name == evaluate(truth, p, NAMES)


def test_a_figure_that_one_label_alone_cannot_have_is_null_and_the_others_stand() -> None:
    _, p = scored(30, 3)
    found = evaluate([2] * 30, p, NAMES).overall
    nothing = Figure(value=None, interval_95=None, replicates=0, groups=0.0, why="undefined")
    assert found.roc_auc == nothing
    assert found.labels[0].recall.value is None
    assert found.labels[0].pr_auc.value is None
    assert found.log_loss.value is not None


def test_a_slice_has_the_figures_of_its_items_alone() -> None:
    truth, p = scored(300, 3)
    langs = ["de" if item % 3 else "en" for item in range(300)]
    sliced = evaluate(truth, p, NAMES, slices={"lang": langs}).slices
    mask = np.array(langs) == "en"
    assert [(each.column, each.value) for each in sliced] == [("lang", "de"), ("lang", "en")]
    assert sliced[1].figures == evaluate(truth[mask], p[mask], NAMES).overall


def test_rare_values_of_a_column_are_one_slice_together() -> None:
    truth, p = scored(100, 2)
    values = [
        None if item == 99 else f"v{item // 20 if item < 60 else item}" for item in range(100)
    ]
    sliced = evaluate(truth, p, ("no", "yes"), slices={"c": values}, max_slices=3).slices
    assert [(each.value, each.merged_values, each.figures.items) for each in sliced] == [
        ("v0", 0, 20),
        ("v1", 0, 20),
        ("v2", 0, 20),
        (None, 40, 40),
    ]


@pytest.mark.parametrize("name", ["roc_auc", "pr_auc", "macro_f1", "log_loss", "brier"])
def test_intervals_lie_around_their_figure_and_shrink_with_the_root_of_the_items(name: str) -> None:
    widths = []
    for items in (2_000, 32_000) if name == "log_loss" else (500, 8_000):
        found: TaskMetrics = evaluate(*scored(items, 2, signal=0.7), ("no", "yes"))
        made: Figure = getattr(found.overall, name)
        assert made.value is not None
        assert made.interval_95 is not None
        low, high = made.interval_95
        assert low < made.value < high
        widths.append(high - low)
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.35)


def test_ninety_five_of_a_hundred_intervals_hold_the_true_area() -> None:
    truth, p = scored(200_000, 2)
    area = metrics.roc_auc_score(truth, p[:, 1])
    held = 0
    for part in range(100):
        rows = slice(200 * part, 200 * part + 200)
        found = evaluate(truth[rows], p[rows], ("no", "yes")).overall.roc_auc
        assert found.interval_95 is not None
        held += found.interval_95[0] <= area <= found.interval_95[1]
    assert 88 <= held <= 99


def test_wilsons_interval_is_scipys() -> None:
    for hits, of in [(0, 1), (1, 1), (0, 40), (40, 40), (7, 9), (123, 45_678)]:
        expected = binomtest(hits, of).proportion_ci(method="wilson")
        assert wilson(hits, of) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_every_replicate_redraws_as_many_items_as_there_are() -> None:
    batches = [*redraws(1_000, replicates=700, seed=3)]
    assert len(batches) > 1
    weights = np.concatenate(batches)
    assert weights.shape == (700, 1_000)
    assert (weights.sum(axis=1) == 1_000).all()
    assert weights.var() == pytest.approx(1, rel=0.02)


def test_large_sets_take_fewer_replicates() -> None:
    assert [replicates_for(n) for n in (1, 20_000, 40_000, 1_000_000)] == [1000, 1000, 500, 200]


def test_the_sweep_flags_from_its_threshold_on() -> None:
    truth, p = scored(500, 2)
    p = np.round(p, 2)
    points = sweep(truth == 1, p[:, 1], EACH_ALONE(500))
    assert [point.threshold for point in points] == [place / 100 for place in range(101)]
    for point in points:
        flagged = p[:, 1] >= point.threshold
        assert point.flagged == flagged.sum()
        assert point.precision.hits == point.recall.hits == (flagged & (truth == 1)).sum()
        if flagged.any():
            assert point.f1.value == pytest.approx(metrics.f1_score(truth, flagged), abs=1e-9)


def test_reliability_counts_every_item_once() -> None:
    truth, p = scored(1_000, 2)
    bins = reliability(p[:, 1], truth == 1, EACH_ALONE(1_000))
    assert sum(each.items for each in bins) == 1_000
    assert sum(each.rate.hits for each in bins) == (truth == 1).sum()


def test_curves_are_thinned_and_keep_their_area() -> None:
    truth, p = scored(20_000, 2)
    curves = evaluate(truth, p, ("no", "yes")).curves[1]
    assert len(curves.roc) <= 202
    assert (curves.roc[0], curves.roc[-1]) == ((0, 0), (1, 1))
    x, y = zip(*curves.roc, strict=True)
    assert metrics.auc(x, y) == pytest.approx(metrics.roc_auc_score(truth, p[:, 1]), abs=1e-3)
    assert sum(map(sum, curves.histogram)) == 20_000


def test_a_cards_figures_are_values_with_intervals() -> None:
    made = card_figures(evaluate(*scored(100, 3), NAMES))
    assert set(made["macro_f1"]) == {"value", "interval_95"}
    assert set(made["labels"]) == set(NAMES)


@pytest.mark.parametrize(
    ("labels", "p", "reason"),
    [
        ([0, 1], [[0.5, 0.5]], "2"),
        ([0], [[0.5, 0.6]], "sum to 1"),
        ([0], [[float("nan"), 0.5]], "between 0 and 1"),
        (["maybe"], [[0.5, 0.5]], "maybe"),
        ([2], [[0.5, 0.5]], "between 0 and 1"),
        ([0], [[0.2, 0.3, 0.5]], "probabilities are"),
        ([], np.zeros((0, 2)), "no item"),
    ],
)
def test_what_cannot_be_judged_says_why(labels: list[object], p: object, reason: str) -> None:
    with pytest.raises(SampleError, match=reason):
        evaluate(labels, p, ("no", "yes"))  # type: ignore[arg-type]
