"""Calibrates and measures p(hateful) of a finished model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from schemas.card import Calibration
from workshop.starter import meme_sentences, metrics
from workshop.starter.data import Splits, Texts
from workshop.starter.train_hate import HEADS

Array = np.ndarray[Any, Any]

_CLEARLY = 0.01
"""Macro-F1 by which a threshold must beat .5."""


@dataclass(frozen=True, slots=True)
class HatefulHead:
    """How log-odds of the first head become a probability and a flag."""

    calibration: Calibration
    threshold: float

    def probability(self, logits: Array) -> Array:
        """Calibrated p(hateful), [n], of log-odds [n]."""
        line = self.calibration.slope * logits + self.calibration.intercept
        return np.asarray(0.5 * (1 + np.tanh(line / 2)))


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

    The threshold is .5, where calibrated odds are even, unless another is better by more
    than ``_CLEARLY``: the best of a flat curve is chance. ``ordinary`` posts count for the
    threshold only: they are more alike than a queue's posts are, and would bend the line.
    """
    raw = logits(model, validation.texts)[:, 0].astype(np.float64)
    slope, intercept = metrics.platt(validation.labels, raw)
    head = HatefulHead(
        Calibration(method="platt", slope=round(slope, 5), intercept=round(intercept, 5)), 0.5
    )
    truth = validation.labels
    if ordinary is not None:
        raw = np.concatenate([raw, logits(model, ordinary.texts)[:, 0]])
        truth = np.concatenate([truth, ordinary.labels])
    return HatefulHead(head.calibration, _threshold(truth, head.probability(raw)))


def _threshold(truth: Array, p: Array) -> float:
    best = metrics.best_threshold(truth, p, metrics.macro_f1)
    gain = metrics.macro_f1(truth == 1, p >= best) - metrics.macro_f1(truth == 1, p >= 0.5)
    return best if gain > _CLEARLY else 0.5


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
    p = head.probability(logits(model, check.texts)[:, 0].astype(np.float64))
    right = (p >= head.threshold) == (check.labels == 1)
    names = np.array(functions)
    return {name: round(float(right[names == name].mean()), 2) for name in dict.fromkeys(functions)}


def share_flagged(model: Any, texts: Sequence[str], head: HatefulHead) -> dict[str, Any]:
    """How many of ``texts`` are flagged as hateful."""
    p = head.probability(logits(model, texts)[:, 0].astype(np.float64))
    return {"texts": len(texts), "share": round(float((p >= head.threshold).mean()), 4)}


def _figures(model: Any, rows: Texts, head: HatefulHead, *, index: int) -> dict[str, Any]:
    raw = logits(model, rows.texts)
    p = head.probability(raw[:, 0].astype(np.float64))
    flags = (p >= head.threshold).astype(np.int32)
    entry: dict[str, Any] = {
        "texts": len(rows.texts),
        "share_positive": round(float(rows.labels.mean()), 4),
        "share_flagged_hateful": round(float(flags.mean()), 4),
        "auroc_of_its_own_head": metrics.interval(metrics.auroc, rows.labels, raw[:, index]),
    }
    if index == 0:
        entry["accuracy_at_threshold"] = metrics.interval(metrics.accuracy, rows.labels, flags)
        entry["calibration_error"] = metrics.calibration_error(rows.labels, p)
    else:
        entry["auroc_of_p_hateful"] = metrics.interval(metrics.auroc, rows.labels, p)
    return entry
