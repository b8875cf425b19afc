"""Weights as int8: a scale per row of an embedding, per output channel of a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from moderation.starter.encoder import Weights
from moderation.starter.stored import Quantised, Stored

Array = np.ndarray[Any, Any]

COMPACT = ("layer", "pair/")
"""How the names of kernels begin that lie in the file as int8."""


def quantise(weight: Array, *, axis: int) -> Quantised:
    """Symmetric int8 with one scale along ``axis`` reduced away."""
    largest = np.abs(weight).max(axis=axis, keepdims=True)
    scale = np.maximum(largest, 1e-12).astype(np.float32) / 127
    return Quantised(np.rint(weight / scale).astype(np.int8), scale)


def floats(stored: Stored) -> Weights:
    """All weights as float32, as near as int8 holds them; the trees' integers as they are."""
    small = {**stored.tables, **stored.kernels}
    return {**stored.rest, **{name: q.values * q.scale for name, q in small.items()}}


def plain(weights: Weights) -> Stored:
    """Nothing as int8."""
    return Stored({}, {}, weights)


def split(weights: Weights) -> Stored:
    """The embeddings and kernels of the encoder as int8, and what stays as it is."""
    tables = {name: weights[name] for name in ("word", "position")}
    kernels = {
        name: value
        for name, value in weights.items()
        if name.startswith(COMPACT) and name.endswith("/kernel")
    }
    rest = {name: v for name, v in weights.items() if name not in tables and name not in kernels}
    return Stored(
        {name: quantise(value, axis=1) for name, value in tables.items()},
        {name: quantise(value, axis=0) for name, value in kernels.items()},
        rest,
    )
