"""Calibrates and measures p(hateful) of a finished model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from sklearn.linear_model import LogisticRegression

from schemas.card import Calibration
from workshop.starter import meme_sentences
from workshop.starter.data import Splits, Texts
from workshop.starter.figures import f1, figures, shown, sigmoid, thresholds
from workshop.starter.train_hate import HEADS

Array = np.ndarray[Any, Any]

_FLAT = 0.01
"""Macro-F1 that a threshold may lack of the best."""


@dataclass(frozen=True, slots=True)
class HatefulHead:
    """How log-odds of the first head become a probability and a flag."""

    calibration: Calibration
    threshold: float

    def probability(self, logits: Array) -> Array:
        """Calibrated p(hateful), [n], of log-odds [n]."""
        return sigmoid(self.calibration.slope * logits + self.calibration.intercept)


def logits(model: Any, texts: Sequence[str], batch_size: int = 64) -> Array:
    """Log-odds [n, heads] by the text alone, texts of like length together."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    out = np.zeros((len(texts), len(HEADS)), np.float32)
    for start in range(0, len(order), batch_size):
        part = order[start : start + batch_size]
        out[part] = model.hate_logits(tf.constant([texts[index] for index in part])).numpy()
    return out


def calibrate(model: Any, validation: Texts, *, ordinary: Texts | None = None) -> HatefulHead:
    """Platt's line on ``validation``, and a threshold with good macro-F1.

    Where the curve is flat its best is chance: of all thresholds within ``_FLAT`` of it the
    highest is taken, for ordinary posts are what a queue is full of. ``ordinary`` posts count
    for the threshold only: they are more alike than a queue's are, and would bend the line.
    """
    raw = logits(model, validation.texts)[:, 0]
    line = LogisticRegression(C=1e6).fit(raw[:, None], validation.labels)
    slope, intercept = (round(float(each), 5) for each in (line.coef_[0, 0], line.intercept_[0]))
    head = HatefulHead(Calibration(method="platt", slope=slope, intercept=intercept), 0.5)
    truth = validation.labels
    if ordinary is not None:
        raw = np.concatenate([raw, logits(model, ordinary.texts)[:, 0]])
        truth = np.concatenate([truth, ordinary.labels])
    return HatefulHead(head.calibration, _threshold(truth, head.probability(raw)))


def _threshold(truth: Array, p: Array) -> float:
    reached = {t: f1(truth, p >= t, average="macro") for t in thresholds()}
    return max(t for t, found in reached.items() if found >= max(reached.values()) - _FLAT)


def measure(model: Any, sets: Sequence[Splits], *, own: Texts, head: HatefulHead) -> dict[str, Any]:
    """Figures on every validation and test split (``sets`` in order of ``HEADS``), and ``own``.

    ``own`` are contrast sentences whose forms were held back from training; beside them
    stand the sentences of ``meme_sentences.checked``, which no form made.
    """
    functions, check = meme_sentences.checked()
    figures = {
        "own_contrast/held_back_forms": _figures(model, own, head, index=0),
        "own_contrast/check": _figures(model, check, head, index=0)
        | {"accuracy_by_function": _by_function(model, functions, check, head)},
    }
    for index, (name, splits) in enumerate(zip(HEADS, sets, strict=True)):
        for split, rows in (("validation", splits.validation), ("test", splits.test)):
            figures[f"{name}/{split}"] = _figures(model, rows, head, index=index)
    return figures


def _by_function(
    model: Any, functions: Sequence[str], check: Texts, head: HatefulHead
) -> dict[str, float]:
    p = head.probability(logits(model, check.texts)[:, 0])
    right = (p >= head.threshold) == (check.labels == 1)
    names = np.array(functions)
    return {name: round(float(right[names == name].mean()), 2) for name in dict.fromkeys(functions)}


def _figures(model: Any, rows: Texts, head: HatefulHead, *, index: int) -> dict[str, Any]:
    raw = logits(model, rows.texts)
    p = head.probability(raw[:, 0])
    flags = (p >= head.threshold).astype(np.float64)
    of_p = figures(rows.labels, p)
    entry: dict[str, Any] = {
        "texts": len(rows.texts),
        "share_positive": shown(rows.labels.mean()),
        "share_flagged_hateful": shown(flags.mean()),
        "auroc_of_its_own_head": figures(rows.labels, sigmoid(raw[:, index]))["roc_auc"],
    }
    if index == 0:
        entry["accuracy_at_threshold"] = figures(rows.labels, flags)["accuracy"]
        entry["calibration_error"] = of_p["ece"]["value"]
    else:
        entry["auroc_of_p_hateful"] = of_p["roc_auc"]
    return entry
