"""The figures themselves: scikit-learn's, where it has them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.evaluation.figures.sample import Sample
from moderation.evaluation.figures.weighted import BINS, bin_of, calibration_rows, row_brier

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Points:
    """Figures of a sample, NaN where undefined."""

    values: dict[str, float]
    """Under the names that ``WeightedFigures`` has for them."""
    hits: NDArray[np.int64]
    """``[labels]``: items that have the label and are given it."""
    support: NDArray[np.int64]
    predicted: NDArray[np.int64]
    confusion: list[list[int]] | None


def measure(sample: Sample) -> Points:
    """Every figure without its interval."""
    from sklearn import metrics

    truth, predicted = sample.truth, sample.predicted
    f1 = metrics.f1_score(truth, predicted, average=None, zero_division=np.nan)
    support = truth.sum(axis=0)
    occurs = (support + predicted.sum(axis=0)) > 0
    values = {f"{name}.f1": float(f1[k]) for k, name in enumerate(sample.names)}
    values["macro_f1"] = float(f1[occurs].mean()) if occurs.any() else NAN
    values["weighted_f1"] = (
        float(np.average(f1[support > 0], weights=support[support > 0])) if support.any() else NAN
    )
    for name, area in (
        ("roc_auc", metrics.roc_auc_score),
        ("pr_auc", metrics.average_precision_score),
    ):
        areas = [_area(area, truth[:, k], sample.p[:, k], name) for k in range(len(sample.names))]
        values |= {f"{n}.{name}": a for n, a in zip(sample.names, areas, strict=True)}
        values[name] = _mean(areas, sample) if sample.positive is None else areas[sample.positive]
    values["log_loss"] = _log_loss(sample)
    values["brier"] = float(row_brier(sample).mean())
    values["ece"] = _ece(sample)
    values["accuracy"] = float(metrics.accuracy_score(truth, predicted))
    if sample.multi_label:
        f1_of = partial(metrics.f1_score, truth, predicted)
        values["micro_f1"] = float(f1_of(average="micro", zero_division=np.nan))
        values["samples_f1"] = float(f1_of(average="samples", zero_division=1.0))
        values["hamming_loss"] = float(metrics.hamming_loss(truth, predicted))
    return Points(
        values=values,
        hits=(truth & predicted).sum(axis=0),
        support=support,
        predicted=predicted.sum(axis=0),
        confusion=None if sample.multi_label else _confusion(sample),
    )


def _area(
    area: Callable[..., float], truth: NDArray[np.bool_], p: NDArray[np.float64], name: str
) -> float:
    """One area; undefined where no item has the label, and for ROC where all have it."""
    hits = int(truth.sum())
    if hits == 0 or (name == "roc_auc" and hits == len(truth)):
        return NAN
    return float(area(truth, p))


def _mean(areas: list[float], sample: Sample) -> float:
    """Over all labels; of several an item over those that have an area."""
    if sample.multi_label:
        areas = [area for area in areas if not np.isnan(area)] or [NAN]
    return float(np.mean(areas))


def _log_loss(sample: Sample) -> float:
    from sklearn.metrics import log_loss

    if sample.multi_label:
        pairs = zip(sample.truth.T, sample.p.T, strict=True)
        return float(np.mean([log_loss(t, p, labels=[False, True]) for t, p in pairs]))
    with warnings.catch_warnings():  # sums a little off 1 were let in knowingly
        warnings.simplefilter("ignore", UserWarning)
        return float(log_loss(sample.label, sample.p, labels=np.arange(len(sample.names))))


def _ece(sample: Sample) -> float:
    p, so = calibration_rows(sample)
    gaps: Any = np.bincount(bin_of(p), weights=so - p, minlength=BINS)
    return float(np.abs(gaps).sum() / len(p))


def _confusion(sample: Sample) -> list[list[int]]:
    from sklearn.metrics import confusion_matrix

    places = np.arange(len(sample.names))
    matrix: list[list[int]] = confusion_matrix(
        sample.label, sample.predicted_label, labels=places
    ).tolist()
    return matrix
