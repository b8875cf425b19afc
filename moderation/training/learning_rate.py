"""The learning rate: warm-up, then constant or linear to nothing, times what the plateau leaves."""

from __future__ import annotations

from typing import Any

import keras


class Rate(keras.optimizers.schedules.LearningRateSchedule):
    """A rate by step; ``scale`` may be changed between epochs."""

    def __init__(self, base: float, *, steps: int, warmup_share: float, linear: bool) -> None:
        super().__init__()
        self._base = base
        self._steps = max(steps, 1)
        self._warmup = max(int(steps * warmup_share), 1)
        self._linear = linear
        self.scale = keras.Variable(1.0, trainable=False, name="rate_scale")

    def __call__(self, step: Any) -> Any:
        """float32, of one step; the first step of a warm-up is not nothing."""
        ops = keras.ops
        step = ops.cast(step, "float32")
        up = ops.minimum((step + 1) / self._warmup, 1.0)
        down = 1.0
        if self._linear:
            rest = max(self._steps - self._warmup, 1)
            down = ops.clip((self._steps - step) / rest, 0.0, 1.0)
        return self._base * up * down * ops.cast(self.scale, "float32")

    def get_config(self) -> dict[str, Any]:
        """What it was made of."""
        return {"base": self._base, "steps": self._steps, "linear": self._linear}
