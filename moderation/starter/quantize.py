"""Weights as int8: a scale per row of an embedding, per output channel of a kernel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.starter.encoder import Weights

Array = np.ndarray[Any, Any]

COMPACT = ("layer", "align")
"""How the names of kernels begin that lie in the file as int8."""


@dataclass(frozen=True, slots=True)
class Quantised:
    """``values`` int8 times ``scale`` float32 (broadcasts) is the weight."""

    values: Array
    scale: Array

    def restore(self) -> Array:
        """The float32 weight that the bundle computes with."""
        return self.values.astype(np.float32) * self.scale


def quantise(weight: Array, *, axis: int) -> Quantised:
    """Symmetric int8 with one scale along ``axis`` reduced away."""
    largest = np.abs(weight).max(axis=axis, keepdims=True)
    scale = np.maximum(largest, 1e-12).astype(np.float32) / 127
    return Quantised(np.rint(weight / scale).astype(np.int8), scale)


@dataclass(frozen=True, slots=True)
class Stored:
    """Weights as they lie in a bundle, by name."""

    tables: Mapping[str, Quantised]
    """Embeddings: looked up as int8."""
    kernels: Mapping[str, Quantised]
    """int8 in the file, float32 once loaded."""
    rest: Weights
    """float32, and the trees' integers."""


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


def rounded(weights: Weights) -> Weights:
    """``weights`` as they are after a round trip through int8."""
    stored = split(weights)
    small = {**stored.tables, **stored.kernels}
    return {**{name: q.restore() for name, q in small.items()}, **stored.rest}
