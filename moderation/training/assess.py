"""A trained network assessed: calibration and thresholds from one split, figures of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.evaluation.figures.evaluate import card_figures, evaluate
from moderation.evaluation.figures.points import measure
from moderation.evaluation.figures.sample import make_sample
from moderation.models.outputs import calibrate
from moderation.training import calibrate as calibration
from moderation.training import data, thresholds
from moderation.training.epoch_figures import probabilities
from moderation.training.network import Network
from moderation.training.policy import card_labels
from moderation.training.scorer import Scorer
from moderation.training.threshold_facts import ThresholdFacts, facts_of
from schemas.card import Calibration


@dataclass(frozen=True)
class Assessed:
    """Scores of the validation split, and what follows from them."""

    raw: Any
    held_out: Any
    """Calibrated without the row's own fold; raw where no calibration was kept."""
    truth: Any
    calibration: Calibration
    thresholds: dict[str, float]
    facts: dict[str, ThresholdFacts]
    """Of the thresholds, by label."""
    metrics: dict[str, Any]


def assess_network(
    network: Network, examples: data.Examples, scorer: Scorer, *, rule: thresholds.Rule
) -> Assessed:
    """Calibrate and choose thresholds on ``val``; look once at ``test`` where there is one."""
    task = network.recipe.task
    names = card_labels(task, network.labels)
    raw, truth = _scores(network, examples, scorer, split="val")
    groups = examples.groups("val")
    exclusive = network.recipe.activation == "softmax"
    fit = calibration.fit_held_out if exclusive else calibration.fit_each_held_out
    fitted = fit(raw, truth, groups)
    calibrated = calibrate(raw, fitted.calibration)
    chosen = thresholds.choose(calibrated, truth, network.labels, rule=rule, task=task)
    shown = dict(zip(network.labels, names, strict=True))
    named = {shown[label]: at for label, at in chosen.items()}
    facts = facts_of(named, calibrated, truth, names, rule=rule, groups=groups)
    at = None if exclusive else [chosen.get(label, 0.5) for label in network.labels]
    metrics: dict[str, Any] = {
        "val": _figures(truth, calibrated, names, groups, task=task, at=at),
        "reliability": {
            "ece_before": _ece(raw, truth, names, task),
            "ece_after": _ece(fitted.held_out, truth, names, task),
        },
    }
    if examples.rows("test"):
        tested, test_truth = _scores(network, examples, scorer, split="test")
        if len(test_truth):
            found = calibrate(tested, fitted.calibration)
            groups = examples.groups("test")
            metrics["test"] = _figures(test_truth, found, names, groups, task=task, at=at)
    return Assessed(raw, fitted.held_out, truth, fitted.calibration, chosen, facts, metrics)


def _scores(
    network: Network, examples: data.Examples, scorer: Scorer, *, split: str
) -> tuple[Any, Any]:
    logits = scorer.logits(split)
    truth = np.asarray(examples.label_indices(split))
    return probabilities(logits, activation=network.recipe.activation), truth


def _figures(
    truth: Any,
    found: Any,
    names: tuple[str, ...],
    groups: Any,
    *,
    task: str,
    at: list[float] | None,
) -> dict[str, Any]:
    """Of labels that do not exclude each other ``at`` their thresholds."""
    several = truth.ndim == 2
    return card_figures(
        evaluate(truth, found, names, task=task, multi_label=several, thresholds=at, groups=groups)
    )


def _ece(found: Any, truth: Any, names: tuple[str, ...], task: str) -> float:
    sample = make_sample(truth, found, names, task=task, multi_label=truth.ndim == 2)
    return measure(sample).values["ece"]
