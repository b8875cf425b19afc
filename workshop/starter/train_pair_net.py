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
from workshop.starter.data import Pairs
from workshop.starter.tokens import Tokenise
from workshop.starter.trainer import Descent, Trainer

Tensor = Any

_SIGNATURE = (
    tf.TensorSpec([None], tf.int32),
    tf.TensorSpec([None], tf.int64),
    tf.TensorSpec([None], tf.int32),
)
_DESCENT = Descent(1e-3, warm_up=0.06, weight_decay=0.01, averaged_share=0.3)


@dataclass(frozen=True, slots=True)
class NetRecipe:
    """What is drawn and how it is learnt."""

    pairs: int = 24_000
    """Fresh pairs an epoch."""
    posts_share: float = 0.25
    """Share of them that are made of ordinary posts."""
    epochs: int = 3
    batch_size: int = 32
    descent: Descent = _DESCENT
    dropout: float = 0.1
    label_smoothing: float = 0.05
    max_tokens: int = 48
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
    trainer = _trainer(shared, shape, recipe, steps=steps)
    for number in range(recipe.epochs):
        drawn = pair_sentences.draw(
            recipe.pairs, random, posts=posts, posts_share=recipe.posts_share
        )
        loss = trainer.epoch(_batches(drawn, tokenise, recipe, random))
        log(f"pairs: epoch {number + 1} of {recipe.epochs}, loss {loss:.4f}")
    return trainer.weights()


def _trainer(shared: Weights, shape: BertShape, recipe: NetRecipe, *, steps: int) -> Trainer:
    lower = range(pair_net.lower_layers(shape))
    wanted = (WORD, "position", "norm/", *(f"layer{index}/" for index in lower))
    frozen = {n: tf.constant(value) for n, value in shared.items() if n.startswith(wanted)}
    compute = tf.bfloat16 if recipe.mixed_precision else tf.float32
    encoder = Encoder(shape, frozen.__getitem__, lambda ids: tf.gather(frozen[WORD], ids), compute)
    initial = pair_net.initial(shape.hidden_size, recipe.seed)
    variables = {name: tf.Variable(value) for name, value in initial.items()}
    net = pair_net.Net(variables.__getitem__, compute, recipe.dropout)

    def loss(flat: Tensor, splits: Tensor, labels: Tensor) -> Tensor:
        ids = tf.RaggedTensor.from_row_splits(flat, splits, validate=False)
        packed = pack(ids)
        hidden = encoder.layers(encoder.embeddings(ids, packed), packed, lower)
        logits = net.logits(tf.stop_gradient(hidden), packed)
        count, smoothing = logits.shape[1], recipe.label_smoothing
        soft = tf.one_hot(labels, count) * (1.0 - smoothing) + smoothing / count
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(soft, logits))

    return Trainer(variables, loss, signature=_SIGNATURE, descent=recipe.descent, steps=steps)


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
