"""Trains trees and kernel machine on labelled pairs, and judges them on unseen ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from moderation.starter.encoder import Weights
from schemas.records import ENTAILMENT_LABELS
from workshop.starter import pair_base, pair_odds, same_words
from workshop.starter.figures import f1, figures, shown

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class PairsRecipe:
    """What is trained and how often it is judged."""

    base: pair_base.BaseRecipe = field(default_factory=pair_base.BaseRecipe)
    folds: int = 5
    inner_folds: int = 4
    repeats: int = 2
    seed: int = 11


@dataclass(frozen=True, slots=True)
class Trained:
    """The weights for the bundle, and what cross-validation says of them."""

    weights: Weights
    figures: dict[str, Any]
    unseen: Array
    """[n, k], out of fold, mean of the repeats."""


@dataclass(frozen=True, slots=True)
class _Repeat:
    """Out-of-fold probabilities [n, k] of one repeat."""

    values: Array
    calibrated: Array
    weighted: Array

    def ruled(self, same: Array) -> _Repeat:
        """As the bundle answers where both texts are the ``same``."""
        return replace(
            self,
            calibrated=same_words.probabilities(self.calibrated, same),
            weighted=same_words.probabilities(self.weighted, same),
        )


def train(features: Array, labels: Array, *, same: Array, recipe: PairsRecipe) -> Trained:
    """Judges by nested cross-validation, then trains on all pairs.

    Args:
        features: float32 [n, pair_base.PLAIN + hidden].
        labels: int [n], in the order of ``ENTAILMENT_LABELS``.
        same: bool [n], both texts say the same; by rule, these do not contradict.
        recipe: how.
    """
    repeats = [_nested(features, labels, recipe, recipe.seed + r) for r in range(recipe.repeats)]
    values = np.concatenate([repeat.values for repeat in repeats])
    odds = pair_odds.fit(values, np.tile(labels, recipe.repeats))
    base = pair_base.fit(features, labels, recipe=recipe.base, seed=recipe.seed)
    repeats = [repeat.ruled(same) for repeat in repeats]
    weighted = np.mean([repeat.weighted for repeat in repeats], axis=0)
    return Trained(
        weights=base.as_weights() | odds.as_weights(),
        figures=_figures(repeats, labels, recipe)
        | {"of_which_both_texts_say_the_same": _same(labels, same)}
        | {
            "class_weights": {
                label: round(float(weight), 3)
                for label, weight in zip(ENTAILMENT_LABELS, odds.weights, strict=True)
            }
        },
        unseen=weighted,
    )


def _figures(repeats: list[_Repeat], labels: Array, recipe: PairsRecipe) -> dict[str, Any]:
    given = figures(labels, np.stack([each.weighted for each in repeats]), ENTAILMENT_LABELS)
    calibrated = np.mean([repeat.calibrated for repeat in repeats], axis=0)
    weighted = np.mean([repeat.weighted for repeat in repeats], axis=0)
    return {
        "how": f"{recipe.folds}-fold cross-validation, {recipe.repeats} repeats; calibration "
        f"and class weights are fitted inside each training part ({recipe.inner_folds}-fold), so "
        "no pair is judged by anything that saw it; label = most probable; figures are means over "
        "the repeats, intervals redraw the pairs",
        "pairs": len(labels),
        "macro_f1": given["macro_f1"],
        "macro_f1_of_single_repeats": [_macro_f1(labels, each.weighted) for each in repeats],
        "macro_f1_of_the_trees_alone": shown(
            np.mean([_macro_f1(labels, each.values[:, :3]) for each in repeats])
        ),
        "accuracy": given["accuracy"],
        "accuracy_of_always_NoEntailment": shown((labels == 2).mean()),
        "by_label": {
            label: {
                "f1": given[f"{label}.f1"]["value"],
                "auroc": figures(labels == k, weighted[:, k])["roc_auc"],
                "calibration_error": figures(labels == k, calibrated[:, k])["ece"]["value"],
                "calibration_error_as_given": figures(labels == k, weighted[:, k])["ece"]["value"],
            }
            for k, label in enumerate(ENTAILMENT_LABELS)
        },
    }


def _macro_f1(labels: Array, values: Array) -> float:
    return shown(f1(labels, values.argmax(axis=1), average="macro"))


def _same(labels: Array, same: Array) -> dict[str, int]:
    return {
        label: int(((labels == index) & same).sum())
        for index, label in enumerate(ENTAILMENT_LABELS)
    }


def _nested(features: Array, labels: Array, recipe: PairsRecipe, seed: int) -> _Repeat:
    parts: list[list[Array]] = []
    places = []
    for seen, unseen in _folds(labels, recipe.folds, seed):
        inner = np.zeros((len(seen), 2 * len(ENTAILMENT_LABELS)))
        for most, rest in _folds(labels[seen], recipe.inner_folds, seed):
            base = _base(features[seen[most]], labels[seen[most]], recipe, seed)
            inner[rest] = base.values(features[seen[rest]])
        odds = pair_odds.fit(inner, labels[seen])
        values = _base(features[seen], labels[seen], recipe, seed).values(features[unseen])
        parts.append([values, odds.calibrated(values), odds.weighted(values)])
        places.append(unseen)
    order = np.argsort(np.concatenate(places))
    return _Repeat(*(np.concatenate(columns)[order] for columns in zip(*parts, strict=True)))


def _folds(labels: Array, count: int, seed: int) -> Iterator[tuple[Array, Array]]:
    from sklearn.model_selection import StratifiedKFold

    folds = StratifiedKFold(count, shuffle=True, random_state=seed)
    yield from folds.split(np.zeros((len(labels), 1)), labels)


def _base(features: Array, labels: Array, recipe: PairsRecipe, seed: int) -> pair_base.Base:
    return pair_base.fit(features, labels, recipe=recipe.base, seed=seed)
