"""From a signature's output to calibrated probabilities, or to the row's failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.models.types import ItemFailure
from moderation.records.positive import positive_place
from schemas.card import Calibration, TaskSpec
from schemas.codes import Code

_SLACK = {2: 0.03, 4: 1e-3, 8: 1e-3}
"""By bytes of the output's float: how far probabilities may lie off 0..1 and off the sum 1."""
_TINY = 1e-12


class OutputError(Exception):
    """The output of a whole call has the wrong name or shape."""


def read_output(
    outputs: Mapping[str, Any], *, task: TaskSpec, rows: int
) -> list[tuple[float, ...] | ItemFailure]:
    """Probabilities of one task, row by row.

    Args:
        outputs: of the signature: array ``[rows, labels]``, or ``[rows]`` or ``[rows, 1]``
            with two labels: the positive one's (``moderation.records.positive``).
        task: says which output, its labels, activation and calibration.
        rows: number of items in the call.

    Raises:
        OutputError: name or shape are wrong, which no single row is to blame for.
    """
    if task.output not in outputs:
        raise OutputError(f"the model gave no output {task.output!r}")
    raw = np.asarray(outputs[task.output])
    itemsize = raw.dtype.itemsize
    raw = raw.astype(np.float64)
    if raw.shape == (rows,):
        raw = raw[:, np.newaxis]
    width = len(task.labels)
    if raw.shape != (rows, width) and not (width == 2 and raw.shape == (rows, 1)):
        raise OutputError(
            f"output {task.output!r} has the shape {list(np.shape(outputs[task.output]))}, "
            f"not [{rows}, {width}]"
        )
    finite = np.isfinite(raw).all(axis=1)
    values = _activate(np.where(finite[:, np.newaxis], raw, 0.0), task.activation)
    if values.shape[1] == 1:
        yes_last = positive_place(task.labels, task.name) == 1
        both = (1.0 - values, values) if yes_last else (values, 1.0 - values)
        values = np.concatenate(both, axis=1)
    good = finite & _probable(values, task.activation, slack=_SLACK.get(itemsize, 1e-3))
    calibrated = calibrate(np.clip(values, 0.0, 1.0), task.calibration)
    return [
        tuple(calibrated[row].tolist())
        if good[row]
        else ItemFailure(Code.MODEL_OUTPUT, _complaint(raw[row], task=task))
        for row in range(rows)
    ]


def _probable(values: NDArray[np.float64], activation: str, *, slack: float) -> NDArray[np.bool_]:
    """Which rows are within 0..1 and, where labels exclude each other, sum to 1."""
    inside = np.logical_and(values >= -slack, values <= 1 + slack).all(axis=1)
    whole = np.abs(values.sum(axis=1) - 1.0) <= slack
    if activation == "sigmoid":  # each label is a question of its own
        whole = np.ones_like(inside)
    return np.asarray(inside & whole, dtype=np.bool_)


def _activate(values: NDArray[np.float64], activation: str) -> NDArray[np.float64]:
    if activation == "softmax":
        shifted = np.exp(values - values.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
    if activation == "sigmoid":
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)))
    return values


def calibrate(values: NDArray[np.float64], calibration: Calibration) -> NDArray[np.float64]:
    """Calibrated probabilities ``[rows, labels]`` of raw ones.

    ``temperature`` divides log-probabilities; ``platt`` is a line over the log-odds
    of the second of two labels, ``platt_per_label`` one over each label's own.
    """
    if calibration.method == "temperature" and calibration.temperature != 1.0:
        logs = np.log(np.clip(values, _TINY, 1.0)) / calibration.temperature
        return _activate(logs, "softmax")
    if calibration.method == "platt":
        odds = _log_odds(values[:, 1:])
        p = _activate(calibration.slope * odds + calibration.intercept, "sigmoid")
        return np.concatenate([1.0 - p, p], axis=1)
    if calibration.method == "platt_per_label":
        slopes, intercepts = np.array(calibration.slopes), np.array(calibration.intercepts)
        return _activate(slopes * _log_odds(values) + intercepts, "sigmoid")
    return values


def _log_odds(values: NDArray[np.float64]) -> NDArray[np.float64]:
    p = np.clip(values, _TINY, 1.0 - _TINY)
    return np.asarray(np.log(p) - np.log1p(-p))


def _complaint(row: NDArray[np.float64], *, task: TaskSpec) -> str:
    shown = ", ".join(f"{value:.4g}" for value in row[:8])
    if not np.isfinite(row).all():
        return f"output {task.output!r} is not finite: [{shown}]"
    remedy = "sigmoid" if len(row) == 1 else "softmax"
    return (
        f"output {task.output!r} is no probability: [{shown}]; if these are logits, say "
        f'--activation {remedy} (with a card: "activation": "{remedy}")'
    )
