"""Trains the net that reads two texts as a pair; the layers below it stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter.encoder import WORD, BertShape, Encoder, Weights, pack
from moderation.starter.pair_rules import NAMES
from schemas.records import ENTAILMENT_LABELS
from workshop.starter import pair_mixture, pair_net
from workshop.starter.data import Pairs
from workshop.starter.tokens import Tokenise
from workshop.starter.trainer import Descent, Trainer

Tensor = Any
Array = np.ndarray[Any, Any]
Lexical = Callable[[Any, Any], Tensor]
"""string [n] twice to float32 [n, features]."""

_SIGNATURE = (
    tf.TensorSpec([None], tf.int32),
    tf.TensorSpec([None], tf.int64),
    tf.TensorSpec([None, len(NAMES)], tf.float32),
    tf.TensorSpec([None, len(ENTAILMENT_LABELS)], tf.float32),
    tf.TensorSpec([None], tf.float32),
)
_DESCENT = Descent(6e-4, warm_up=0.1, weight_decay=0.01, averaged_share=0.3)


@dataclass(frozen=True, slots=True)
class NetRecipe:
    """What is drawn and how it is learnt."""

    mixture: pair_mixture.Mixture = field(default_factory=pair_mixture.Mixture)
    epochs: int = 2
    batch_size: int = 32
    descent: Descent = _DESCENT
    layers_share: float = 0.25
    """Of the learning rate, for the layers that begin as the encoder's."""
    dropout: float = 0.1
    label_smoothing: float = 0.05
    max_tokens: int = 48
    seed: int = 1


def further() -> NetRecipe:
    """To go on from a net that has learnt all this, above layers that have moved a little."""
    few = pair_mixture.Mixture(
        own=2800,
        posts=700,
        events=600,
        labelled_copies=1,
        outside={"captions": 2200, "lexical": 600, "negation": 1000, "monotonicity": 200},
    )
    descent = replace(_DESCENT, learning_rate=2.5e-4)
    return NetRecipe(mixture=few, epochs=1, descent=descent, seed=2)


def train(
    shared: Weights,
    shape: BertShape,
    *,
    start: Weights,
    sources: pair_mixture.Sources,
    tokenise: Tokenise,
    lexical: Lexical,
    recipe: NetRecipe,
    log: Callable[[str], None],
) -> Weights:
    """Weights under the names ``pair/…``.

    Args:
        shared: of the encoder as the bundle has it; its lower layers are read, and stay.
        shape: of the encoder.
        start: weights that it begins with, as of ``pair_net.initial``.
        sources: what pairs are drawn from.
        tokenise: texts to lists of ids.
        lexical: features of two texts.
        recipe: how.
        log: takes a line an epoch.
    """
    tf.keras.utils.set_random_seed(recipe.seed)
    random = Random(recipe.seed)
    epochs = [pair_mixture.epoch(sources, recipe.mixture, random) for _ in range(recipe.epochs)]
    steps = sum(-(-len(pairs.labels) // recipe.batch_size) for pairs, _ in epochs)
    trainer = _trainer(shared, shape, start, recipe, steps=steps)
    for number, (pairs, weights) in enumerate(epochs):
        batches = _batches(pairs, weights, tokenise, lexical, recipe, random)
        loss = trainer.epoch(batches)
        log(f"pairs: epoch {number + 1} of {recipe.epochs}, {len(weights)} pairs, loss {loss:.4f}")
    return trainer.weights()


def _trainer(
    shared: Weights, shape: BertShape, start: Weights, recipe: NetRecipe, *, steps: int
) -> Trainer:
    lower = pair_net.lower_layers(shape)
    wanted = (WORD, "position", "norm/", *(f"layer{index}/" for index in lower))
    frozen = {n: tf.constant(value) for n, value in shared.items() if n.startswith(wanted)}
    encoder = Encoder(shape, frozen.__getitem__, lambda ids: tf.gather(frozen[WORD], ids))
    variables = {name: tf.Variable(value) for name, value in start.items()}
    net = pair_net.Net(variables.__getitem__, shape, recipe.dropout)

    def loss(flat: Tensor, splits: Tensor, found: Tensor, may: Tensor, weight: Tensor) -> Tensor:
        ids = tf.RaggedTensor.from_row_splits(flat, splits, validate=False)
        packed = pack(ids)
        hidden = encoder.layers(encoder.embeddings(ids, packed), packed, lower)
        odds = tf.nn.log_softmax(net.logits(tf.stop_gradient(hidden), packed, found))
        right = tf.reduce_logsumexp(odds + tf.math.log(may + 1e-9), axis=1)
        smoothing = recipe.label_smoothing
        each = (1.0 - smoothing) * right + smoothing * tf.reduce_mean(odds, axis=1)
        return -tf.reduce_sum(each * weight) / tf.reduce_sum(weight)

    layers = f"{pair_net.PREFIX}/layer"
    return Trainer(
        variables,
        loss,
        signature=_SIGNATURE,
        descent=recipe.descent,
        steps=steps,
        shares={n: recipe.layers_share for n in variables if n.startswith(layers)},
    )


def _batches(
    pairs: Pairs,
    weights: Array,
    tokenise: Tokenise,
    lexical: Lexical,
    recipe: NetRecipe,
    random: Random,
) -> Iterator[tuple[Tensor, ...]]:
    """Pairs of like length together, the batches in random order."""
    first, second = ([_cut(ids, recipe.max_tokens) for ids in tokenise(texts)]
                     for texts in (pairs.first, pairs.second))  # fmt: skip
    order = sorted(
        range(len(first)), key=lambda row: (len(first[row]) + len(second[row]), random.random())
    )
    size = recipe.batch_size
    parts = [order[start : start + size] for start in range(0, len(order), size)]
    random.shuffle(parts)
    may = may_be(pairs.labels)
    for rows in parts:
        texts = (tf.constant([side[row] for row in rows]) for side in (pairs.first, pairs.second))
        ids = [side[row] for side in (first, second) for row in rows]
        yield (*_ragged(ids), lexical(*texts), tf.constant(may[rows]), tf.constant(weights[rows]))


def may_be(labels: Array) -> Array:
    """float32 [n, k]: 1 where a pair may have the label; of ``NOT_IMPLIED`` two may be right."""
    implies = ENTAILMENT_LABELS.index("Implies")
    known = np.eye(len(ENTAILMENT_LABELS), dtype=np.float32)
    return np.concatenate([known, 1.0 - known[implies : implies + 1]])[labels]


def _cut(ids: list[int], longest: int) -> list[int]:
    return ids if len(ids) <= longest else ids[: longest - 1] + ids[-1:]


def _ragged(texts: list[list[int]]) -> tuple[Tensor, Tensor]:
    flat = np.concatenate([np.array(ids, np.int32) for ids in texts])
    splits = np.cumsum([0, *(len(ids) for ids in texts)], dtype=np.int64)
    return tf.constant(flat), tf.constant(splits)
