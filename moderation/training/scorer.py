"""A network's scores of its examples: its step is traced once, however often it scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from moderation.training.batches import Batches
from moderation.training.data import Examples
from moderation.training.network import Network


class Scorer:
    """Scores splits with the weights that the network has at the moment."""

    def __init__(self, network: Network, examples: Examples) -> None:
        self.batches = Batches(examples, network.prepare)
        self._raw: dict[str, tf.data.Dataset] = {}
        self._prepare, self._target = network.prepare, examples.target
        model = network.model

        def step(inputs: dict[str, Any]) -> Any:
            return model(inputs, training=False)

        self._step = tf.function(step, reduce_retracing=True, autograph=False)

    def logits(self, split: str) -> Any:
        """float32 ``[rows, labels]`` of a split, in the order of ``label_indices``."""
        if split not in self._raw:
            self._raw[split] = self.batches.raw(split)
        return np.concatenate([self._judged(batch) for batch in self._raw[split]])

    def _judged(self, raw: dict[str, Any]) -> Any:
        """Prepared outside the step, whose arithmetic is that of model inputs alone."""
        inputs = {name: value for name, value in raw.items() if name != self._target}
        return np.asarray(self._step(self._prepare(inputs)), np.float32)
