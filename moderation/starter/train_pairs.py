"""Trains the entailment forest and judges it on pairs it has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.starter import metrics
from moderation.starter.forest import train_forest
from schemas.records import ENTAILMENT_LABELS

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class ForestRecipe:
    """How the forest grows and how often it is judged."""

    trees: int = 200
    leaf: int = 3
    folds: int = 5
    repeats: int = 5
    seed: int = 11


@dataclass(frozen=True, slots=True)
class Judged:
    """What cross-validation says."""

    thresholds: dict[str, float]
    figures: dict[str, Any]


def cross_validate(features: Array, labels: Array, *, recipe: ForestRecipe) -> Judged:
    """Out-of-fold figures and the thresholds that serve them best.

    Args:
        features: float32 [n, f].
        labels: int [n], in the order of ``ENTAILMENT_LABELS``.
        recipe: of the forest.
    """
    runs = [_out_of_fold(features, labels, recipe, repeat) for repeat in range(recipe.repeats)]
    mean = np.mean(runs, axis=0)
    given = mean.argmax(axis=1)
    thresholds = {
        label: metrics.best_threshold((labels == index).astype(int), mean[:, index], metrics.f1)
        for index, label in enumerate(ENTAILMENT_LABELS[:2])
    }
    spread = [metrics.macro_f1(labels, run.argmax(axis=1)) for run in runs]
    per_label = {
        label: {
            "f1": round(metrics.f1(labels == index, given == index), 4),
            "auroc": metrics.interval(metrics.auroc, (labels == index).astype(int), mean[:, index]),
            "f1_at_threshold": {
                "threshold": thresholds[label],
                "f1": round(metrics.f1(labels == index, mean[:, index] >= thresholds[label]), 4),
            }
            if label in thresholds
            else None,
        }
        for index, label in enumerate(ENTAILMENT_LABELS)
    }
    return Judged(
        thresholds,
        {
            "how": f"{recipe.folds}-fold cross-validation, repeated {recipe.repeats} times; the "
            "out-of-fold probabilities of the repeats are averaged, label = most probable; "
            "thresholds were chosen on the same out-of-fold probabilities",
            "pairs": len(labels),
            "macro_f1": metrics.interval(metrics.macro_f1, labels, given),
            "macro_f1_of_single_repeats": [round(value, 4) for value in spread],
            "accuracy": metrics.interval(metrics.accuracy, labels, given),
            "accuracy_of_always_NoEntailment": round(float((labels == 2).mean()), 4),
            "by_label": per_label,
        },
    )


def _out_of_fold(features: Array, labels: Array, recipe: ForestRecipe, repeat: int) -> Array:
    from sklearn.model_selection import StratifiedKFold

    folds = StratifiedKFold(recipe.folds, shuffle=True, random_state=recipe.seed + repeat)
    p = np.zeros((len(labels), len(ENTAILMENT_LABELS)), np.float32)
    for seen, unseen in folds.split(features, labels):
        forest = train_forest(
            features[seen],
            labels[seen],
            trees=recipe.trees,
            leaf=recipe.leaf,
            seed=recipe.seed + repeat,
        )
        p[unseen] = forest.predict_proba(features[unseen])
    return p
