"""The mean of weights over the last steps of a training: steadier than the last step's alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moderation.starter.encoder import Weights

_EVERY = 10


class RunningMean:
    """Mean of variables over every tenth step after step ``first``."""

    def __init__(self, variables: Mapping[str, Any], *, first: int) -> None:
        self._variables, self._first = variables, first
        self._sums: Weights = {}
        self._steps = self._taken = 0

    def note(self) -> None:
        """Another step was taken."""
        self._steps += 1
        if self._steps > self._first and self._steps % _EVERY == 0:
            self._taken += 1
            for name, variable in self._variables.items():
                self._sums[name] = self._sums.get(name, 0.0) + variable.numpy()

    def weights(self) -> Weights:
        """The mean; of a training too short for one, the weights as they are."""
        if not self._taken:
            return {name: variable.numpy() for name, variable in self._variables.items()}
        return {name: total / self._taken for name, total in self._sums.items()}
