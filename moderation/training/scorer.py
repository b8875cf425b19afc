"""A network's scores of its examples: its step is traced once, however often it scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.training.batches import Batches
from moderation.training.data import Examples
from moderation.training.fusions.standardise import settle
from moderation.training.learner import learner_of
from moderation.training.network import Network

SPLITS = ("train", "val", "test")
Held = Mapping[str, Mapping[str, Any]]


class Scorer:
    """Scores splits with the weights that the network has at the moment."""

    def __init__(self, network: Network, examples: Examples, held: Held | None = None) -> None:
        """Its encoders must be as free to learn as the recipe lets them.

        ``held`` is what another ``Scorer``'s ``batches`` held of the same examples, by split, for a
        network whose resting encoders are the same.
        """
        rows = sum(examples.rows(split) for split in SPLITS)
        self.learner = learner_of(network, rows=rows)
        learner = self.learner
        self.batches = Batches(examples, learner.prepare, keeps=learner.keeps, held=held or {})

        def step(inputs: dict[str, Any]) -> Any:
            return learner.model(inputs, training=False)

        self._step = tf.function(step, reduce_retracing=True, autograph=False)
        self._network = network

    def settle(self) -> None:
        """Tells the network what features of the training examples are like, where it asks."""
        factors = self._network.factors
        if factors is not None:
            batches = self.batches.prepared("train")
            settle(factors.combine, (self.learner.features(each) for each in batches))

    def logits(self, split: str) -> Any:
        """float32 ``[rows, labels]`` of a split, in the order of ``label_indices``.

        Inputs are prepared outside the step, whose arithmetic is that of model inputs alone.
        """
        batches = self.batches.prepared(split)
        return np.concatenate([np.asarray(self._step(each), np.float32) for each in batches])
