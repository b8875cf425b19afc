"""Raw inputs, and one step of training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.training.losses import make_loss
from moderation.training.network import Network, raw_inputs
from schemas.recipe import Recipe
from tests.training import tiny


def raw(
    recipe: Recipe, *, rows: int = 4, presence: Sequence[float] | float = 1.0, seed: int = 0
) -> dict[str, Any]:
    """A batch under the names that the SavedModel has; ``presence`` a row, or one for all."""
    random = np.random.default_rng(seed)
    there = np.broadcast_to(np.asarray(presence, np.float32), (rows,))
    found: dict[str, Any] = {}
    for given in raw_inputs(recipe):
        if given.source == "text":
            chosen = random.permutation(len(tiny.TEXTS))
            found[given.name] = tf.constant([tiny.TEXTS[chosen[i % 6]] for i in range(rows)])
        elif given.source == "presence":
            found[given.name] = tf.constant(there)
        else:
            shape = (rows, tiny.SIDE, tiny.SIDE, 3)
            found[given.name] = tf.constant(random.integers(0, 256, shape, dtype=np.uint8))
    return found


def logits(network: Network, given: dict[str, Any]) -> Any:
    """What it says, outside training."""
    return network.model(network.prepare(given), training=False).numpy()


def step(network: Network, given: dict[str, Any], *, rate: float = 0.01) -> float:
    """One step of gradient descent towards label 0; the loss before it."""
    inputs = network.prepare(given)
    loss = make_loss(network.recipe.loss, activation=network.recipe.activation)
    with tf.GradientTape() as tape:
        found = network.model(inputs, training=True)
        truth = tf.one_hot(tf.zeros(found.shape[0], tf.int32), found.shape[1])
        value = loss(truth, found)
    variables = [weight.value for weight in network.model.trainable_variables]
    for variable, gradient in zip(variables, tape.gradient(value, variables), strict=True):
        if gradient is not None:
            variable.assign_sub(rate * tf.cast(tf.convert_to_tensor(gradient), variable.dtype))
    return float(value)
