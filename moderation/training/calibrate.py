"""Calibration: probabilities that mean what they say, fitted on the validation split.

Two labels get Platt's line over the log-odds, more a temperature (Guo et al. 2017), labels that do
not exclude each other a line each.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from moderation.models.outputs import calibrate
from moderation.training.thresholds import FEWEST_OF_LABEL
from schemas.card import Calibration

_TINY = 1e-7
_COLDEST, _HOTTEST = 0.05, 20.0
_FEWEST = 20


def fit(probabilities: Any, truth: Any) -> Calibration:
    """What makes raw probabilities likeliest given the labels.

    Args:
        probabilities: float ``[rows, labels]``, raw.
        truth: int ``[rows]``.

    Returns:
        ``none`` where there are too few rows, one label only, or nothing is gained.
    """
    raw, truth = np.asarray(probabilities, np.float64), np.asarray(truth)
    if len(truth) < _FEWEST or len(np.unique(truth)) < 2:
        return Calibration()
    fitted = _platt(raw, truth) if raw.shape[1] == 2 else _temperature(raw, truth)
    return fitted if loss(calibrate(raw, fitted), truth) < loss(raw, truth) else Calibration()


def fit_each(probabilities: Any, truth: Any) -> Calibration:
    """The same for labels that do not exclude each other, one by one.

    A label that fewer than five rows have, or fewer than five lack, stays as it is.

    Args:
        probabilities: float ``[rows, labels]``, raw.
        truth: ``[rows, labels]`` of 0 and 1.
    """
    raw, truth = np.asarray(probabilities, np.float64), np.asarray(truth)
    lines = [_line(raw[:, place], truth[:, place]) for place in range(raw.shape[1])]
    if all(line.method == "none" for line in lines):
        return Calibration()
    return Calibration(
        method="platt_per_label",
        slopes=tuple(line.slope for line in lines),
        intercepts=tuple(line.intercept for line in lines),
    )


def _line(raw: Any, truth: Any) -> Calibration:
    having = int(truth.sum())
    if min(having, len(truth) - having) < FEWEST_OF_LABEL:
        return Calibration()
    return fit(np.stack([1 - raw, raw], axis=1), truth)


def loss(probabilities: Any, truth: Any) -> float:
    """Mean negative log-likelihood."""
    chosen = np.asarray(probabilities)[np.arange(len(truth)), truth]
    return float(-np.log(np.clip(chosen, _TINY, 1.0)).mean())


def _platt(raw: Any, truth: Any) -> Calibration:
    from scipy.optimize import minimize

    second = np.clip(raw[:, 1], _TINY, 1 - _TINY)
    odds = np.log(second) - np.log1p(-second)
    positive = int((truth == 1).sum())
    high = (positive + 1) / (positive + 2)  # Platt's targets keep the line finite
    low = 1 / (len(truth) - positive + 2)
    target = np.where(truth == 1, high, low)

    def value(line: Any) -> Any:
        logit = line[0] * odds + line[1]
        return np.mean(np.logaddexp(0, logit) - target * logit)

    slope, intercept = minimize(value, np.array([1.0, 0.0]), method="BFGS").x
    if not np.isfinite(slope + intercept) or slope <= 0:
        return Calibration()  # a line that turns the order round would hide a broken model
    return Calibration(method="platt", slope=float(slope), intercept=float(intercept))


def _temperature(raw: Any, truth: Any) -> Calibration:
    from scipy.optimize import minimize_scalar

    def value(log_temperature: float) -> float:
        fitted = Calibration(method="temperature", temperature=float(np.exp(log_temperature)))
        return loss(calibrate(raw, fitted), truth)

    bounds = (np.log(_COLDEST), np.log(_HOTTEST))
    found = minimize_scalar(value, bounds=bounds, method="bounded").x
    return Calibration(method="temperature", temperature=float(np.exp(found)))
