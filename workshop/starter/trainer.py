"""Trains named variables: AdamW with warm-up and linear decay, and a mean of the last weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from moderation.starter.encoder import Weights
from moderation.training.learning_rate import Rate

Tensor = Any
Batch = Sequence[Tensor]

_EPSILON = 1e-8
_EVERY = 10


@dataclass(frozen=True, slots=True)
class Descent:
    """How the steps of a training go down.

    Attributes:
        learning_rate: the highest; it rises over the first ``warm_up`` of the steps, then falls.
        weight_decay: of kernels (rank 2 and more); biases and norms do not decay.
        clip_norm: of all gradients together.
        averaged_share: the weights are the mean of every tenth step over the last of them.
    """

    learning_rate: float
    warm_up: float
    weight_decay: float
    clip_norm: float = 1.0
    averaged_share: float = 0.0


class Trainer:
    """Takes steps down a loss, and keeps the mean of the weights over the last of them."""

    def __init__(
        self,
        variables: Mapping[str, Any],
        loss: Callable[..., Tensor],
        *,
        signature: Sequence[tf.TensorSpec],
        descent: Descent,
        steps: int,
        shares: Mapping[str, float] | None = None,
    ) -> None:
        """``shares``: what a variable's rate is of the learning rate, where that is not 1."""
        self._variables, self._loss, self._clip = variables, loss, descent.clip_norm
        shares = shares or {}
        # An optimizer of Keras has one rate: rates by layer want one optimizer each.
        self._optimizers = [
            _optimizer(_of_share(variables, shares, share), descent, share=share, steps=steps)
            for share in sorted({shares.get(name, 1.0) for name in variables})
        ]
        self._update = tf.function(self._descend, input_signature=signature, autograph=False)
        self._averaged_from = int(steps * (1 - descent.averaged_share))
        self._steps = self._summed = 0
        self._sums: Weights = {}

    def epoch(self, batches: Iterable[Batch]) -> float:
        """Learns from each batch in turn; the mean of their losses."""
        return float(np.mean([self._step(batch) for batch in batches]))

    def weights(self) -> Weights:
        """The mean over the last steps; as they are, of a training too short for one."""
        if not self._summed:
            return {name: variable.numpy() for name, variable in self._variables.items()}
        return {name: total / self._summed for name, total in self._sums.items()}

    def _step(self, batch: Batch) -> float:
        loss = float(self._update(*batch))
        self._steps += 1
        if self._steps > self._averaged_from and self._steps % _EVERY == 0:
            self._summed += 1
            for name, variable in self._variables.items():
                self._sums[name] = self._sums.get(name, 0.0) + variable.numpy()
        return loss

    def _descend(self, *batch: Tensor) -> Tensor:
        with tf.GradientTape() as tape:
            loss = self._loss(*batch)
        gradients = tape.gradient(loss, self._variables)
        names = list(gradients)
        clipped, _ = tf.clip_by_global_norm([gradients[name] for name in names], self._clip)
        found = dict(zip(names, clipped, strict=True))
        for optimizer, of in self._optimizers:
            optimizer.apply([found[name] for name in of], list(of.values()))
        return loss


def _of_share(
    variables: Mapping[str, Any], shares: Mapping[str, float], share: float
) -> dict[str, Any]:
    return {name: each for name, each in variables.items() if shares.get(name, 1.0) == share}


def _optimizer(
    of: dict[str, Any], descent: Descent, *, share: float, steps: int
) -> tuple[Any, dict[str, Any]]:
    rate = Rate(descent.learning_rate * share, steps=steps, warmup_share=descent.warm_up,
                linear=True)  # fmt: skip
    made = keras.optimizers.AdamW(rate, weight_decay=descent.weight_decay, epsilon=_EPSILON)
    made.exclude_from_weight_decay(var_list=[each for each in of.values() if each.shape.rank < 2])
    made.build(list(of.values()))
    return made, of
