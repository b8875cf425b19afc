"""Figures of one epoch on the validation split, over all labels and of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

_TINY = 1e-12


def probabilities(logits: Any, *, activation: Literal["softmax", "sigmoid"]) -> Any:
    """float64 ``[rows, labels]`` of logits."""
    logits = np.asarray(logits, np.float64)
    if activation == "sigmoid":
        return 0.5 * (1 + np.tanh(0.5 * logits))
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def epoch_figures(
    logits: Any, truth: Any, labels: Sequence[str], *, activation: Literal["softmax", "sigmoid"]
) -> dict[str, Any]:
    """``val_loss`` (mean negative log-likelihood), ``val_accuracy``, F1s, AUROC, and each label's.

    AUROC is the mean of one label against the rest (of two labels either's); None where a label is
    missing. With a sigmoid ``truth`` is ``[rows, labels]``: a label is predicted from 0.5 on, a
    row is right where all its labels are, and the loss is the mean over labels.
    """
    from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

    found = probabilities(logits, activation=activation)
    truth = np.asarray(truth)
    places = np.arange(len(labels))
    has = truth > 0 if activation == "sigmoid" else truth[:, None] == places
    if activation == "sigmoid":
        predicted = found >= 0.5
        likelihood = np.where(has, found, 1 - found)
    else:
        predicted = found.argmax(axis=1)[:, None] == places
        likelihood = found[has]
    precision, recall, f1, support = precision_recall_fscore_support(
        has, predicted, labels=places, zero_division=0
    )
    areas = []
    for place in places:
        mine = has[:, place]
        both = bool(mine.any() and not mine.all())
        areas.append(float(roc_auc_score(mine, found[:, place])) if both else None)
    known = [area for area in areas if area is not None]
    return {
        "val_loss": float(-np.log(np.clip(likelihood, _TINY, 1)).mean()),
        "val_accuracy": float((predicted == has).all(axis=1).mean()),
        "val_macro_f1": float(f1.mean()),
        "val_weighted_f1": float((f1 * support).sum() / max(support.sum(), 1)),
        "val_auroc": float(np.mean(known)) if known else None,
        "val_labels": {
            label: {
                "precision": float(precision[place]),
                "recall": float(recall[place]),
                "f1": float(f1[place]),
                "auroc": areas[place],
            }
            for place, label in enumerate(labels)
        },
    }
