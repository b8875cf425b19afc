"""A recipe tried on all examples: each is scored by a network that has not seen its group.

Each fold is left out once. Of the others one says when to stop and how to calibrate, the rest
teach. Where encoders rest, their features are made once for all folds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from moderation.models.outputs import calibrate
from moderation.option_error import marked, option
from moderation.training import calibrate as calibration
from moderation.training import fit
from moderation.training.checkpoint import Checkpoints, identity
from moderation.training.data import Examples
from moderation.training.epoch_figures import probabilities
from moderation.training.errors import CannotBuildError, TrainingError, TrainingWarning
from moderation.training.folds import folds_of
from moderation.training.label_counts import expect_pictures
from moderation.training.network import Network, build_network
from moderation.training.policy import card_labels
from moderation.training.pooled import Pooled, pooled
from moderation.training.scorer import Held, Scorer

Log = Callable[[str | TrainingWarning], None]
_FROM_TEXTS = "subwords"
_LEFT_OUT = "test"


@dataclass(frozen=True, slots=True)
class Scored:
    """What the networks say of all examples, each by the one that has not seen it."""

    item_ids: list[str]
    fold: Any
    """int64 ``[rows]``."""
    truth: Any
    """int64 ``[rows]``, or of several labels an item ``[rows, labels]``."""
    groups: Any
    """bytes ``[rows]``."""
    probabilities: Any
    """float64 ``[rows, labels]``, calibrated."""
    labels: tuple[str, ...]
    """As a card names them."""


def cross_validate(examples: Examples, *, folds: int, log: Log) -> Scored:
    """Trains as many networks as there are folds.

    Args:
        examples: of all their splits.
        folds: three or more.
        log: takes one line an epoch.

    Raises:
        CannotBuildError: an encoder cannot be had, or parts do not go together.
        TrainingError: a label has fewer groups than there are folds, or a training fails.
    """
    if few := expect_pictures(examples):
        log(few)
    pool = pooled(examples)
    fold = _dealt(pool, folds)
    tf.config.experimental.enable_op_determinism()
    found = np.zeros((len(fold), len(pool.labels)))
    held: Held | None = None
    for left_out in range(folds):
        log(f"fold {left_out + 1} of {folds}")
        scores, held = _round(pool, fold, left_out, held, log)
        found[fold == left_out] = scores
    return Scored(
        item_ids=pool.item_ids("train"),
        fold=fold,
        truth=pool.label_indices("train"),
        groups=pool.groups("train"),
        probabilities=found,
        labels=card_labels(pool.recipe.task, pool.labels),
    )


def _dealt(pool: Pooled, folds: int) -> Any:
    truth = pool.label_indices("train")
    several = truth.ndim == 2
    # of several labels: rows with the same ones are of one kind
    kinds = np.unique(truth, axis=0, return_inverse=True)[1].ravel() if several else truth
    fold = folds_of(kinds, pool.groups("train"), folds=folds)
    for place, label in enumerate(pool.labels):
        has = truth[:, place] > 0 if several else truth == place
        if has.any() and len(np.unique(fold[has])) < folds:
            raise TrainingError(
                f"label {label!r} has too few groups of examples for {folds} folds: take a smaller "
                f"{option('folds')}, or sets with more of it"
            )
    return fold


def _round(
    pool: Pooled, fold: Any, left_out: int, held: Held | None, log: Log
) -> tuple[Any, Held | None]:
    """Scores of the fold that is left out, and what may be held for the next round."""
    stop = fold == (left_out + 1) % (fold.max() + 1)
    chosen = {"train": (fold != left_out) & ~stop, "val": stop, _LEFT_OUT: fold == left_out}
    examples = pool.dealt(chosen)
    recipe = pool.recipe
    keras.utils.clear_session(free_memory=False)
    network = _built(examples)
    if held is None and not (recipe.text and recipe.text.uri.startswith(_FROM_TEXTS)):
        scorer = Scorer(network, pool)
        held = {"pool": scorer.batches.held("train")} if scorer.learner.keeps else None
    mine = None
    if held is not None:
        mine = {split: _rows(held["pool"], which) for split, which in chosen.items()}
    with tempfile.TemporaryDirectory() as folder:
        belongs_to = identity(recipe, f"{examples.digest} {left_out}")
        checkpoints = Checkpoints(Path(folder), belongs_to=belongs_to)
        scorer = fit.train(network, examples, checkpoints, log=log, held=mine).scorer
    return _calibrated(scorer, examples), held


def _built(examples: Pooled) -> Network:
    try:
        return build_network(examples.recipe, labels=examples.labels, texts=examples.texts("train"))
    except (OSError, TrainingError) as error:
        raise CannotBuildError(marked(error)) from error


def _rows(held: Mapping[str, Any], which: Any) -> dict[str, Any]:
    return {name: each[which] for name, each in held.items()}


def _calibrated(scorer: Scorer, examples: Pooled) -> Any:
    activation = examples.recipe.activation
    fit_one = calibration.fit if activation == "softmax" else calibration.fit_each
    raw = probabilities(scorer.logits("val"), activation=activation)
    fitted = fit_one(raw, examples.label_indices("val"), examples.groups("val"))
    found = probabilities(scorer.logits(_LEFT_OUT), activation=activation)
    return calibrate(found, fitted)
