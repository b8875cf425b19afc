"""Groups of items that are no independent evidence, as copies: sums by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.evaluation.figures.sample import Sample

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of some items."""

    codes: NDArray[np.int64] | None
    """``[items]``: 0 and on; None: each item is a group."""
    count: int

    @classmethod
    def of(cls, sample: Sample) -> Grouping:
        """A sample's; each item by itself where every group has one."""
        codes = sample.groups
        count = len(sample) if codes is None else int(codes.max(initial=-1)) + 1
        return cls(None if count == len(sample) else codes, count)

    @property
    def alone(self) -> bool:
        """Whether each item is a group."""
        return self.codes is None

    def sums(self, values: NDArray[Any]) -> Floats:
        """``[groups]`` of ``[items]``, or ``[groups, n]`` of ``[items, n]``."""
        if self.codes is None:
            return np.asarray(values, dtype=np.float64)
        if values.ndim == 1:
            summed = np.bincount(self.codes, weights=values, minlength=self.count)
            return np.asarray(summed, dtype=np.float64)
        return np.stack([self.sums(column) for column in values.T], axis=1)


def effective(sizes: Floats) -> float:
    """How many groups of one size would be as much evidence, by Kish: sum² over sum of squares.

    Args:
        sizes: ``[groups]``, weights or items of each.
    """
    squares = float((sizes**2).sum())
    return float(sizes.sum()) ** 2 / squares if squares else 0.0
