from __future__ import annotations

import numpy as np
import pytest

from moderation.models.outputs import calibrate
from moderation.training.calibrate import fit, fit_held_out, loss
from moderation.training.epoch_figures import epoch_figures, probabilities
from moderation.training.folds import folds_of
from moderation.training.threshold_facts import facts_of
from moderation.training.thresholds import USUAL, Rule, choose

RNG = np.random.default_rng(0)


def drawn(rows: int, labels: int, *, sharper: float) -> tuple[np.ndarray, np.ndarray]:
    """Raw probabilities that claim ``sharper`` times the log-odds that they should."""
    logits = RNG.normal(0, 1.5, (rows, labels))
    true = probabilities(logits, activation="softmax")
    truth = np.array([RNG.choice(labels, p=row) for row in true])
    return probabilities(logits * sharper, activation="softmax"), truth


def test_a_temperature_undoes_overconfidence() -> None:
    raw, truth = drawn(4_000, 3, sharper=2.5)

    found = fit(raw, truth)

    assert found.method == "temperature"
    assert found.temperature == pytest.approx(2.5, abs=0.3)
    assert loss(calibrate(raw, found), truth) < loss(raw, truth)


def test_platts_line_undoes_overconfidence_of_two_labels() -> None:
    raw, truth = drawn(4_000, 2, sharper=3.0)

    found = fit(raw, truth)

    assert found.method == "platt"
    assert found.slope == pytest.approx(1 / 3, abs=0.06)


def test_a_model_that_is_upside_down_is_not_turned_round() -> None:
    raw, truth = drawn(1_000, 2, sharper=1.0)

    assert fit(raw, 1 - truth).method == "none"


@pytest.mark.parametrize("truth", [[0, 1, 0], [0] * 50])
def test_too_few_rows_or_one_label_leave_scores_as_they_are(truth: list[int]) -> None:
    raw = np.full((len(truth), 2), 0.5)

    assert fit(raw, np.array(truth)).method == "none"


def test_four_rows_of_a_label_calibrate_nothing() -> None:
    raw, _ = drawn(60, 2, sharper=3.0)
    truth = np.array([1] * 4 + [0] * 56)

    assert fit(raw, truth).method == "none"


def test_scores_that_are_right_already_are_seldom_made_worse() -> None:
    """On 63 rows: by the rows that it was fitted on a calibration is kept in nine of ten draws."""
    fresh, fresh_truth = drawn(20_000, 2, sharper=1.0)
    worse = 0
    for _ in range(60):
        raw, truth = drawn(63, 2, sharper=1.0)
        found = fit(raw, truth)
        worse += loss(calibrate(fresh, found), fresh_truth) > loss(fresh, fresh_truth)

    assert worse <= 17  # 28 %


def test_held_out_rows_are_calibrated_by_the_others_and_copies_stay_together() -> None:
    raw, truth = drawn(200, 2, sharper=3.0)
    groups = np.arange(200) // 4

    folds = folds_of(truth, groups)
    found = fit_held_out(raw, truth, groups)

    assert {len(set(folds[groups == each])) for each in range(50)} == {1}
    assert min(np.bincount(folds, minlength=5)) >= 30
    assert found.calibration.method == "platt"
    assert loss(found.held_out, truth) > loss(calibrate(raw, found.calibration), truth)


def test_where_most_rows_are_positive_the_usual_rule_does_not_flag_them_all() -> None:
    """Three of four rows positive, a weak model: the best F1 flags everything."""
    random = np.random.default_rng(3)
    positive = random.random(200) < 0.76
    score = 1 / (1 + np.exp(-(0.3 * positive + random.normal(0, 1, 200) + 1)))
    both, names = np.stack([1 - score, score], axis=1), ("no", "yes")

    best = choose(both, positive.astype(int), names, rule=Rule())
    usual = choose(both, positive.astype(int), names, rule=USUAL)

    facts = facts_of(best, both, positive.astype(int), names, rule=Rule())["yes"]
    warning = facts.warning("yes")
    assert facts.flagged >= 190
    assert warning is not None
    assert "does no better on the validation split than flagging all" in warning
    assert all((score >= at).mean() < 0.9 for at in usual.values())


def test_the_usual_threshold_has_the_stated_precision_and_says_how_sure_it_is() -> None:
    random = np.random.default_rng(4)
    positive = random.random(400) < 0.3
    score = 1 / (1 + np.exp(-(3.0 * positive + random.normal(0, 1, 400) - 2)))
    both, names = np.stack([1 - score, score], axis=1), ("no", "yes")

    chosen = choose(both, positive.astype(int), names, rule=USUAL)
    few = choose(both[:63], positive[:63].astype(int), names, rule=USUAL)
    sure = facts_of(chosen, both, positive.astype(int), names, rule=USUAL)["yes"]
    unsure = facts_of(few, both[:63], positive[:63].astype(int), names, rule=USUAL)["yes"]

    assert sure.precision is not None
    assert sure.precision >= 0.8
    assert sure.beats_all
    assert sure.interval_95 is not None
    assert unsure.interval_95 is not None
    low, high = sure.interval_95
    assert low <= chosen["yes"] <= high
    assert unsure.interval_95[1] - unsure.interval_95[0] > high - low


def brute_force(scores: np.ndarray, positive: np.ndarray, beta: float) -> float:
    best = 0.0
    for threshold in np.unique(scores):
        taken = scores >= threshold
        hits = (taken & positive).sum()
        precision, recall = hits / taken.sum(), hits / positive.sum()
        if hits:
            square = beta**2
            f_beta = (1 + square) * precision * recall / (square * precision + recall)
            best = max(best, float(f_beta))
    return best


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_the_threshold_has_the_best_f_beta_ties_and_all(beta: float) -> None:
    scores = np.round(RNG.uniform(size=300), 2)
    positive = RNG.uniform(size=300) < scores
    both = np.stack([1 - scores, scores], axis=1)

    chosen = choose(both, positive.astype(int), ("no", "yes"), rule=Rule(f_beta=beta))

    taken = scores >= chosen["yes"]
    hits = (taken & positive).sum()
    precision, recall = hits / taken.sum(), hits / positive.sum()
    square = beta**2
    reached = (1 + square) * precision * recall / (square * precision + recall)
    assert reached == pytest.approx(brute_force(scores, positive, beta))


def test_the_threshold_is_the_lowest_that_keeps_the_precision() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    truth = np.array([1, 1, 0, 1, 0, 0])
    both = np.stack([1 - scores, scores], axis=1)

    chosen = choose(both, truth, ("no", "yes"), rule=Rule(precision_at=0.75))

    assert chosen == {"yes": pytest.approx(0.55)}


def test_a_precision_that_is_never_reached_gives_no_threshold() -> None:
    scores = np.array([0.9, 0.8, 0.2])
    both = np.stack([1 - scores, scores], axis=1)

    assert choose(both, np.array([0, 0, 1]), ("no", "yes"), rule=Rule(precision_at=0.9)) == {}


def test_an_epochs_figures_are_those_of_scikit_learn() -> None:
    from sklearn.metrics import f1_score, log_loss, roc_auc_score

    logits = RNG.normal(size=(200, 3))
    truth = RNG.integers(0, 3, 200)

    found = epoch_figures(logits, truth, ("a", "b", "c"), activation="softmax")

    scores = probabilities(logits, activation="softmax")
    assert found["val_loss"] == pytest.approx(log_loss(truth, scores, labels=[0, 1, 2]))
    assert found["val_macro_f1"] == pytest.approx(
        f1_score(truth, scores.argmax(axis=1), average="macro")
    )
    assert found["val_auroc"] == pytest.approx(
        roc_auc_score(truth, scores, multi_class="ovr", average="macro")
    )


def test_a_label_without_a_threshold_is_told_of() -> None:
    found = np.array([[0.2, 0.8], [0.1, 0.9], [0.7, 0.3]])
    truth = np.array([1, 0, 1])
    names = ("no", "yes")
    strict, usual = Rule(precision_at=0.99), Rule()

    told = strict.unreached(choose(found, truth, names, rule=strict), names, exclusive=True)

    assert told is not None
    assert "no threshold for yes" in told
    assert "0.99" in told
    assert usual.unreached(choose(found, truth, names, rule=usual), names, exclusive=True) is None
