"""Fine-tunes the encoder for hate, with one sigmoid head per labelled set.

The sets mean different things by hate, so each has its own head on one pool;
p(hateful) is the first head's. The word vectors stay as they came, and the lower a
layer lies, the less it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.models import precision
from moderation.starter.encoder import WORD, BertShape, Encoder, Weights, mean_pool, pack
from workshop.starter import hate_mix
from workshop.starter.data import HateSets
from workshop.starter.hate_mix import Mix
from workshop.starter.tokens import Tokenise
from workshop.starter.trainer import Descent, Trainer

Tensor = Any

HEADS = ("hatemoji_build", "edos", "davidson")
_DESCENT = Descent(1e-4, warm_up=0.06, weight_decay=0.01, averaged_share=0.3)
_FURTHER_RATE = 2e-4


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the hate model is trained."""

    epochs: int = 3
    batch_size: int = 32
    descent: Descent = _DESCENT
    dropout: float = 0.1
    max_tokens: int = 64
    mix: Mix = field(default_factory=Mix)
    label_smoothing: float = 0.05
    trained_layers: int = 6
    layer_decay: float = 0.8
    mixed_precision: bool | None = None
    """bfloat16 for the matrix products; None: where the processor multiplies in it."""
    seeds: tuple[int, ...] = (7, 8)


def further() -> Recipe:
    """For heads that have been trained before: one epoch of fewer texts, at a higher rate."""
    return Recipe(
        epochs=1,
        descent=Descent(_FURTHER_RATE, warm_up=0.06, weight_decay=0.01, averaged_share=0.3),
        mix=Mix(
            contrast_texts=7000,
            swapped_copies=0,
            offensive_texts=800,
            sexist_texts=600,
            unnamed_texts=1000,
            other_heads_share=0.1,
        ),
        layer_decay=0.9,
        seeds=(7,),
    )


@dataclass(frozen=True, slots=True)
class Example:
    """One text's ids with its label and the head that learns from it."""

    ids: list[int]
    label: int
    head: int


def trained_layers(shape: BertShape, recipe: Recipe) -> range:
    """The layers that are trained: the upper ones."""
    layers = shape.num_hidden_layers
    return range(max(0, layers - recipe.trained_layers), layers)


def train(weights: Weights, shape: BertShape, sets: HateSets, *, tokenise: Tokenise,
          recipe: Recipe, log: Callable[[str], None]) -> Weights:  # fmt: skip
    """Trained weights of the layers (``layer3/…``) and heads (``hate/…``), mean of the seeds.

    Heads among ``weights`` are trained further.
    """
    runs = []
    for seed in recipe.seeds:
        log(f"hate: seed {seed}")
        runs.append(_train_once(weights, shape, sets, tokenise, recipe, seed, log))
    return {name: np.mean([run[name] for run in runs], axis=0) for name in runs[0]}


def _train_once(weights: Weights, shape: BertShape, sets: HateSets, tokenise: Tokenise,
                recipe: Recipe, seed: int, log: Callable[[str], None]) -> Weights:  # fmt: skip
    tf.keras.utils.set_random_seed(seed)
    random = Random(seed)
    epochs = [
        _epoch(hate_mix.one_epoch(sets, recipe.mix, random), tokenise, recipe, random)
        for _ in range(recipe.epochs)
    ]
    steps = sum(len(epoch) for epoch in epochs)
    trainer = _trainer(weights, shape, recipe, steps=steps, seed=seed)
    for number, epoch in enumerate(epochs):
        loss = trainer.epoch(_tensors(batch) for batch in epoch)
        log(f"hate: epoch {number + 1} of {len(epochs)}, loss {loss:.4f}")
    return trainer.weights()


_SIGNATURE = (
    tf.TensorSpec([None], tf.int32),
    tf.TensorSpec([None], tf.int64),
    tf.TensorSpec([None], tf.float32),
    tf.TensorSpec([None], tf.int32),
)


def _logits(encoder: Encoder, flat: Tensor, splits: Tensor, upper: range) -> Tensor:
    ids = tf.RaggedTensor.from_row_splits(flat, splits, validate=False)
    packed = pack(ids)
    hidden = encoder.embeddings(ids, packed)
    hidden = encoder.layers(hidden, packed, range(upper.start))
    hidden = encoder.layers(tf.stop_gradient(hidden), packed, upper)
    pooled = mean_pool(hidden, packed)
    if encoder.dropout:
        pooled = tf.nn.dropout(pooled, encoder.dropout)
    return tf.matmul(pooled, encoder.get("hate/kernel")) + encoder.get("hate/bias")


def _trainer(
    weights: Weights, shape: BertShape, recipe: Recipe, *, steps: int, seed: int
) -> Trainer:
    upper = trained_layers(shape, recipe)
    wanted = ("hate/", *(f"layer{index}/" for index in upper))
    chosen = {name: value for name, value in weights.items() if name.startswith(wanted)}
    frozen = {name: tf.constant(value) for name, value in weights.items() if name not in chosen}
    variables = {
        name: tf.Variable(value, dtype=tf.float32)
        for name, value in (_heads(shape, seed) | chosen).items()
    }
    encoder = Encoder(
        shape,
        lambda name: variables[name] if name in variables else frozen[name],
        lambda ids: tf.gather(frozen[WORD], ids),
        compute=tf.bfloat16 if _is_mixed(recipe) else tf.float32,
        dropout=recipe.dropout,
    )

    def loss(flat: Tensor, splits: Tensor, labels: Tensor, heads: Tensor) -> Tensor:
        logits = tf.gather(_logits(encoder, flat, splits, upper), heads, batch_dims=1)
        soft = labels * (1.0 - recipe.label_smoothing) + 0.5 * recipe.label_smoothing
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(soft, logits))

    return Trainer(
        variables,
        loss,
        signature=_SIGNATURE,
        descent=recipe.descent,
        steps=steps,
        shares=_rate_shares(variables, upper, recipe.layer_decay),
    )


def _is_mixed(recipe: Recipe) -> bool:
    if recipe.mixed_precision is not None:
        return recipe.mixed_precision
    return bool(precision.units())


def _heads(shape: BertShape, seed: int) -> Weights:
    """Heads that have learnt nothing, for weights that bring none."""
    kernel = np.random.default_rng(seed).normal(0, 0.02, (shape.hidden_size, len(HEADS)))
    return {"hate/kernel": kernel, "hate/bias": np.zeros(len(HEADS))}


def _rate_shares(names: Iterable[str], upper: range, decay: float) -> dict[str, float]:
    """1 for the heads and the last layer, ``decay`` less for each layer below."""
    depth = {f"layer{index}": upper[-1] - index for index in upper}
    return {name: decay ** depth.get(name.split("/")[0], 0) for name in names}


def _epoch(
    chosen: Sequence[tuple[str, int, int]], tokenise: Tokenise, recipe: Recipe, random: Random
) -> list[list[Example]]:
    """Batches of one epoch, texts of like length together, in random order."""
    ids = tokenise([text for text, _, _ in chosen])
    last = recipe.max_tokens - 1
    examples = [
        Example(each[:last] + each[-1:] if len(each) > last else each, label, head)
        for each, (_, label, head) in zip(ids, chosen, strict=True)
    ]
    examples.sort(key=lambda example: (len(example.ids), random.random()))
    size = recipe.batch_size
    batches = [examples[start : start + size] for start in range(0, len(examples), size)]
    random.shuffle(batches)
    return batches


def _tensors(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    flat = np.concatenate([np.array(example.ids, np.int32) for example in batch])
    splits = np.cumsum([0, *(len(example.ids) for example in batch)], dtype=np.int64)
    labels = np.array([example.label for example in batch], np.float32)
    heads = np.array([example.head for example in batch], np.int32)
    return tuple(tf.constant(part) for part in (flat, splits, labels, heads))
