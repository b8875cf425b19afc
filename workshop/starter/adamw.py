"""AdamW with warm-up, linear decay and a clipped global norm, for a dict of variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-8


class AdamW:
    """Kernels (rank 2 and more) decay; biases and norms do not."""

    def __init__(self, variables: Mapping[str, Any], *, steps: int, learning_rate: float,
                 warm_up: float, weight_decay: float, clip_norm: float,
                 shares: Mapping[str, float] | None = None) -> None:  # fmt: skip
        """``shares``: what a variable's rate is of ``learning_rate``, where that is not 1."""
        self._variables = dict(variables)
        self._shares = dict(shares or {})
        self._means = {name: tf.Variable(tf.zeros_like(v)) for name, v in variables.items()}
        self._squares = {name: tf.Variable(tf.zeros_like(v)) for name, v in variables.items()}
        self._count = tf.Variable(0.0)
        self._rate, self._decay, self._clip = learning_rate, weight_decay, clip_norm
        self._steps, self._warm = float(steps), max(1.0, warm_up * steps)

    def apply(self, gradients: Mapping[str, Any]) -> None:
        """One step down ``gradients``, which has the names of the variables."""
        names = list(self._variables)
        clipped, _ = tf.clip_by_global_norm([gradients[name] for name in names], self._clip)
        count = self._count.assign_add(1.0)
        falling = (self._steps - count + 1.0) / max(1.0, self._steps - self._warm)
        rate = self._rate * tf.clip_by_value(falling, 0.0, 1.0)
        rate = tf.minimum(rate, self._rate * count / self._warm)
        first, second = 1.0 - _BETA_1**count, 1.0 - _BETA_2**count
        for name, gradient in zip(names, clipped, strict=True):
            variable = self._variables[name]
            mean = self._means[name]
            square = self._squares[name]
            mean.assign(_BETA_1 * mean + (1 - _BETA_1) * gradient)
            square.assign(_BETA_2 * square + (1 - _BETA_2) * tf.square(gradient))
            update = (mean / first) / (tf.sqrt(square / second) + _EPSILON)
            if len(variable.shape) > 1:
                update += self._decay * variable
            variable.assign_sub(rate * self._shares.get(name, 1.0) * update)
