"""Sets of copied items: groups of any size that share a label, and nearly a score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Copied:
    """How sets are made up."""

    groups: int = 150
    copies: float = 4.5
    """Mean of a geometric distribution; of a Pareto one, the shape is 1.3 whatever it is."""
    pareto: bool = False
    share: float = 0.15
    """Of the groups that have the positive label."""
    apart: float = 2.0
    """How much higher a positive group's log-odds are; they vary by Student's t of 3."""
    noise: float = 0.2
    """Of copies around their group's."""
    mislabelled: float = 0.0

    def draw(
        self, random: np.random.Generator, groups: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], list[NDArray[np.float64]]]:
        """Group and truth ``[items]``, and the probabilities of two equally good models."""
        number = groups or self.groups
        if self.pareto:
            sizes = np.minimum(1 + random.pareto(1.3, number), 60).astype(np.int64)
        else:
            sizes = random.geometric(1 / self.copies, number)
        positive = random.random(number) < self.share
        group = np.repeat(np.arange(number), sizes)
        truth = positive[group] ^ (random.random(len(group)) < self.mislabelled)
        odds = [self.apart * positive + random.standard_t(3, number) - 1.0 for _ in range(2)]
        p = [
            1 / (1 + np.exp(-(each[group] + self.noise * random.normal(size=len(group)))))
            for each in odds
        ]
        return group, truth.astype(np.int64), p
