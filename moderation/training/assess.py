"""A trained network assessed: calibration and thresholds from one split, figures of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.evaluation.figures.evaluate import card_figures, evaluate
from moderation.models.outputs import calibrate
from moderation.training import calibrate as calibration
from moderation.training import data, thresholds
from moderation.training.epoch_figures import probabilities
from moderation.training.network import Network
from moderation.training.policy import card_labels
from moderation.training.scorer import Scorer
from schemas.card import Calibration


@dataclass(frozen=True)
class Assessed:
    """Scores of the validation split, and what follows from them."""

    raw: Any
    truth: Any
    calibration: Calibration
    thresholds: dict[str, float]
    metrics: dict[str, Any]


def assess_network(
    network: Network, examples: data.Examples, scorer: Scorer, *, rule: thresholds.Rule
) -> Assessed:
    """Calibrate and choose thresholds on ``val``; look once at ``test`` where there is one."""
    task = network.recipe.task
    names = card_labels(task, network.labels)
    raw, truth = _scores(network, examples, scorer, split="val")
    exclusive = network.recipe.activation == "softmax"
    fitted = calibration.fit(raw, truth) if exclusive else calibration.fit_each(raw, truth)
    calibrated = calibrate(raw, fitted)
    chosen = thresholds.choose(calibrated, truth, network.labels, rule=rule, task=task)
    at = None if exclusive else [chosen.get(label, 0.5) for label in network.labels]
    metrics: dict[str, Any] = {
        "val": _figures(truth, calibrated, names, task=task, at=at),
        "reliability": {
            "ece_before": _ece(raw, truth, names, task),
            "ece_after": _ece(calibrated, truth, names, task),
        },
    }
    if examples.rows("test"):
        tested, test_truth = _scores(network, examples, scorer, split="test")
        if len(test_truth):
            found = calibrate(tested, fitted)
            metrics["test"] = _figures(test_truth, found, names, task=task, at=at)
    return Assessed(raw, truth, fitted, chosen, metrics)


def _scores(
    network: Network, examples: data.Examples, scorer: Scorer, *, split: str
) -> tuple[Any, Any]:
    logits = scorer.logits(split)
    truth = np.asarray(examples.label_indices(split))
    return probabilities(logits, activation=network.recipe.activation), truth


def _figures(
    truth: Any, found: Any, names: tuple[str, ...], *, task: str, at: list[float] | None
) -> dict[str, Any]:
    """Of labels that do not exclude each other ``at`` their thresholds."""
    several = truth.ndim == 2
    return card_figures(
        evaluate(truth, found, names, task=task, multi_label=several, thresholds=at)
    )


def _ece(found: Any, truth: Any, names: tuple[str, ...], task: str) -> float | None:
    assessed = evaluate(truth, found, names, task=task, multi_label=truth.ndim == 2, replicates=10)
    return assessed.overall.ece.value
