"""Trains the word-by-word comparison on pairs of our own; the layers below it stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter.encoder import WORD, BertShape, Encoder, Weights, pack
from workshop.starter import pair_net, pair_sentences
from workshop.starter.adamw import AdamW
from workshop.starter.data import Pairs
from workshop.starter.running_mean import RunningMean

Tensor = Any
Tokenise = Callable[[Sequence[str]], list[list[int]]]

_SIGNATURE = (
    tf.TensorSpec([None], tf.int32),
    tf.TensorSpec([None], tf.int64),
    tf.TensorSpec([None], tf.int32),
)


@dataclass(frozen=True, slots=True)
class NetRecipe:
    """What is drawn and how it is learnt."""

    pairs: int = 24_000
    """Fresh pairs an epoch."""
    posts_share: float = 0.25
    """Share of them that are made of ordinary posts."""
    epochs: int = 3
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    warm_up: float = 0.06
    dropout: float = 0.1
    label_smoothing: float = 0.05
    max_tokens: int = 48
    averaged_share: float = 0.3
    mixed_precision: bool = True
    seed: int = 1


def train(
    shared: Weights,
    shape: BertShape,
    *,
    posts: Sequence[str],
    tokenise: Tokenise,
    recipe: NetRecipe,
    log: Callable[[str], None],
) -> Weights:
    """Weights under the names ``align/…``.

    Args:
        shared: of the encoder as the bundle has it.
        shape: of the encoder.
        posts: ordinary posts, none of them of a labelled pair.
        tokenise: texts to lists of ids.
        recipe: how.
        log: takes a line an epoch.
    """
    tf.keras.utils.set_random_seed(recipe.seed)
    random = Random(recipe.seed)
    steps = recipe.epochs * -(-recipe.pairs // recipe.batch_size)
    trainer = _Trainer(shared, shape, recipe, steps=steps)
    for number in range(recipe.epochs):
        drawn = pair_sentences.draw(
            recipe.pairs, random, posts=posts, posts_share=recipe.posts_share
        )
        losses = [trainer.step(*batch) for batch in _batches(drawn, tokenise, recipe, random)]
        log(f"pairs: epoch {number + 1} of {recipe.epochs}, loss {np.mean(losses):.4f}")
    return trainer.averaged()


class _Trainer:
    def __init__(self, shared: Weights, shape: BertShape, recipe: NetRecipe, *, steps: int) -> None:
        self._shape, self._recipe = shape, recipe
        lower = pair_net.lower_layers(shape)
        wanted = (WORD, "position", "norm/", *(f"layer{index}/" for index in range(lower)))
        frozen = {n: tf.constant(value) for n, value in shared.items() if n.startswith(wanted)}
        compute = tf.bfloat16 if recipe.mixed_precision else tf.float32
        self._below = Encoder(
            shape, frozen.__getitem__, lambda ids: tf.gather(frozen[WORD], ids), compute
        )
        initial = pair_net.initial(shape.hidden_size, recipe.seed)
        self._variables = {name: tf.Variable(value) for name, value in initial.items()}
        self._net = pair_net.Net(self._variables.__getitem__, compute, recipe.dropout)
        self._optimizer = AdamW(
            self._variables,
            steps=steps,
            learning_rate=recipe.learning_rate,
            warm_up=recipe.warm_up,
            weight_decay=recipe.weight_decay,
            clip_norm=recipe.clip_norm,
        )
        self._update = tf.function(self._step, input_signature=_SIGNATURE)
        self._mean = RunningMean(self._variables, first=int(steps * (1 - recipe.averaged_share)))

    def step(self, *batch: Tensor) -> float:
        """Learns from one batch; its loss."""
        loss = float(self._update(*batch))
        self._mean.note()
        return loss

    def averaged(self) -> Weights:
        """The mean of the weights after the last steps."""
        return self._mean.weights()

    def _step(self, flat: Tensor, splits: Tensor, labels: Tensor) -> Tensor:
        ids = tf.RaggedTensor.from_row_splits(flat, splits, validate=False)
        packed = pack(ids)
        below = range(pair_net.lower_layers(self._shape))
        hidden = self._below.layers(self._below.embeddings(ids, packed), packed, below)
        with tf.GradientTape() as tape:
            logits = self._net.logits(tf.stop_gradient(hidden), packed)
            count = logits.shape[1]
            smoothing = self._recipe.label_smoothing
            soft = tf.one_hot(labels, count) * (1.0 - smoothing) + smoothing / count
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(soft, logits))
        self._optimizer.apply(tape.gradient(loss, self._variables))
        return loss


def _batches(
    drawn: Pairs, tokenise: Tokenise, recipe: NetRecipe, random: Random
) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Pairs of like length together, the batches in random order."""
    first, second = ([_cut(ids, recipe.max_tokens) for ids in tokenise(texts)]
                     for texts in (drawn.first, drawn.second))  # fmt: skip
    order = sorted(
        range(len(first)), key=lambda row: (max(len(first[row]), len(second[row])), random.random())
    )
    size = recipe.batch_size
    parts = [order[start : start + size] for start in range(0, len(order), size)]
    random.shuffle(parts)
    return [_tensors([side[row] for side in (first, second) for row in rows], drawn.labels[rows])
            for rows in parts]  # fmt: skip


def _cut(ids: list[int], longest: int) -> list[int]:
    return ids if len(ids) <= longest else ids[: longest - 1] + ids[-1:]


def _tensors(texts: list[list[int]], labels: Any) -> tuple[Tensor, Tensor, Tensor]:
    flat = np.concatenate([np.array(ids, np.int32) for ids in texts])
    splits = np.cumsum([0, *(len(ids) for ids in texts)], dtype=np.int64)
    return tf.constant(flat), tf.constant(splits), tf.constant(labels, tf.int32)
