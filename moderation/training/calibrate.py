"""Calibration: probabilities that mean what they say, fitted on the validation split.

Two labels get Platt's line over the log-odds, more a temperature (Guo et al. 2017), labels that do
not exclude each other a line each. It is kept where it makes rows likelier that it was not fitted
on: five folds, groups of copies undivided (docs/decisions/0042).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.models.outputs import calibrate
from moderation.training.folds import FOLDS, folds_of
from moderation.training.thresholds import FEWEST_OF_LABEL
from schemas.card import Calibration

_TINY = 1e-7
_COLDEST, _HOTTEST = 0.05, 20.0
_MARGIN = 0.5
"""Standard errors: at none, of models that are calibrated already a third are made worse."""

Fit = Callable[[Any, Any], Calibration]


@dataclass(frozen=True)
class Fitted:
    """A calibration, and what it makes of rows that it was not fitted on."""

    calibration: Calibration
    held_out: Any
    """float64 ``[rows, labels]``: each row by what was fitted without its fold; raw where nothing
    was kept."""


def fit(probabilities: Any, truth: Any, groups: Any = None) -> Calibration:
    """The calibration of ``fit_held_out`` alone."""
    return fit_held_out(probabilities, truth, groups).calibration


def fit_held_out(probabilities: Any, truth: Any, groups: Any = None) -> Fitted:
    """What makes raw probabilities likeliest given the labels.

    Args:
        probabilities: float ``[rows, labels]``, raw.
        truth: int ``[rows]``.
        groups: ``[rows]``, equal for copies; None: each row is its own.

    Returns:
        ``none`` where fewer than two labels have five rows (of two labels, either has fewer), or
        where rows that were held out are not likelier with it by half a standard error.
    """
    raw, truth = np.asarray(probabilities, np.float64), np.asarray(truth)
    counts = np.bincount(truth, minlength=raw.shape[1])
    if (counts >= FEWEST_OF_LABEL).sum() < 2:
        return Fitted(Calibration(), raw)
    fitter = _platt if raw.shape[1] == 2 else _temperature
    held_out = _held_out(raw, truth, folds_of(truth, groups), fitter)
    if not _helps(losses(raw, truth) - losses(held_out, truth), groups):
        return Fitted(Calibration(), raw)
    fitted = fitter(raw, truth)
    return Fitted(fitted, raw if fitted.method == "none" else held_out)


def fit_each(probabilities: Any, truth: Any, groups: Any = None) -> Calibration:
    """The calibration of ``fit_each_held_out`` alone."""
    return fit_each_held_out(probabilities, truth, groups).calibration


def fit_each_held_out(probabilities: Any, truth: Any, groups: Any = None) -> Fitted:
    """The same for labels that do not exclude each other, one by one.

    A label that fewer than five rows have, or fewer than five lack, stays as it is.

    Args:
        probabilities: float ``[rows, labels]``, raw.
        truth: ``[rows, labels]`` of 0 and 1.
        groups: as ``fit_held_out`` takes them.
    """
    raw, truth = np.asarray(probabilities, np.float64), np.asarray(truth)
    each = [
        fit_held_out(np.stack([1 - p, p], axis=1), has.astype(np.int64), groups)
        for p, has in zip(raw.T, truth.T, strict=True)
    ]
    lines = [one.calibration for one in each]
    if all(line.method == "none" for line in lines):
        return Fitted(Calibration(), raw)
    calibration = Calibration(
        method="platt_per_label",
        slopes=tuple(line.slope for line in lines),
        intercepts=tuple(line.intercept for line in lines),
    )
    return Fitted(calibration, np.stack([one.held_out[:, 1] for one in each], axis=1))


def _held_out(raw: Any, truth: Any, fold: Any, fitter: Fit) -> Any:
    """Each row by what is fitted on the other folds."""
    found = raw.copy()
    for number in range(FOLDS):
        out = fold == number
        if out.any() and len(np.unique(truth[~out])) > 1:
            found[out] = calibrate(raw[out], fitter(raw[~out], truth[~out]))
    return found


def _helps(gains: Any, groups: Any) -> bool:
    """Whether held-out rows gain more than chance gives away; groups vary as one."""
    if groups is not None:
        gains = np.bincount(np.unique(groups, return_inverse=True)[1], weights=gains)
    spread = float(np.sqrt(((gains - gains.mean()) ** 2).sum()))
    return float(gains.sum()) > _MARGIN * spread


def loss(probabilities: Any, truth: Any) -> float:
    """Mean negative log-likelihood."""
    return float(losses(probabilities, truth).mean())


def losses(probabilities: Any, truth: Any) -> Any:
    """float ``[rows]``: negative log-likelihoods."""
    chosen = np.asarray(probabilities)[np.arange(len(truth)), truth]
    return -np.log(np.clip(chosen, _TINY, 1.0))


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
