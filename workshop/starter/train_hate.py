"""Fine-tunes the encoder for hate, with one sigmoid head per labelled set.

The sets mean different things by hate, so each has its own head on one pool;
p(hateful) is the first head's. The word vectors stay as they came, and the lower a
layer lies, the less it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter.encoder import WORD, BertShape, Encoder, Weights, mean_pool, pack
from workshop.starter import meme_sentences
from workshop.starter.data import Splits, Texts
from workshop.starter.group_swaps import swap_groups
from workshop.starter.tokens import Tokenise
from workshop.starter.trainer import Descent, Trainer

Tensor = Any

HEADS = ("hatemoji_build", "edos", "davidson")
_DESCENT = Descent(1e-4, warm_up=0.06, weight_decay=0.01, averaged_share=0.3)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the hate model is trained."""

    epochs: int = 3
    batch_size: int = 32
    descent: Descent = _DESCENT
    dropout: float = 0.1
    max_tokens: int = 64
    hatemoji_copies: int = 1
    swapped_copies: int = 1
    contrast_texts: int = 7000
    left_out: tuple[str, ...] = ()
    ordinary_texts: int = 1000
    plain_hate_texts: int = 600
    offensive_texts: int = 400
    other_heads_share: float = 0.5
    label_smoothing: float = 0.05
    trained_layers: int = 6
    layer_decay: float = 0.8
    mixed_precision: bool = True
    seeds: tuple[int, ...] = (7, 8)


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


def train(weights: Weights, shape: BertShape, sets: Sequence[Splits], *, ordinary: Texts,
          tokenise: Tokenise, recipe: Recipe, log: Callable[[str], None]) -> Weights:  # fmt: skip
    """Trained weights of the layers (``layer3/…``) and the heads (``hate/…``), mean of the seeds.

    ``sets`` stand in the order of ``HEADS``; ``ordinary`` are texts that nobody would flag.
    """
    runs = []
    for seed in recipe.seeds:
        log(f"hate: seed {seed}")
        runs.append(_train_once(weights, shape, sets, ordinary, tokenise, recipe, seed, log))
    return {name: np.mean([run[name] for run in runs], axis=0) for name in runs[0]}


def _train_once(weights: Weights, shape: BertShape, sets: Sequence[Splits], ordinary: Texts,
                tokenise: Tokenise, recipe: Recipe, seed: int,
                log: Callable[[str], None]) -> Weights:  # fmt: skip
    tf.keras.utils.set_random_seed(seed)
    random = Random(seed)
    epochs = [
        _epoch(_texts(sets, ordinary, recipe, random), tokenise, recipe, random)
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
    wanted = tuple(f"layer{index}/" for index in upper)
    chosen = {name: value for name, value in weights.items() if name.startswith(wanted)}
    frozen = {name: tf.constant(value) for name, value in weights.items() if name not in chosen}
    variables = {
        name: tf.Variable(value, dtype=tf.float32)
        for name, value in (chosen | _heads(shape, seed)).items()
    }
    encoder = Encoder(
        shape,
        lambda name: variables[name] if name in variables else frozen[name],
        lambda ids: tf.gather(frozen[WORD], ids),
        compute=tf.bfloat16 if recipe.mixed_precision else tf.float32,
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


def _heads(shape: BertShape, seed: int) -> Weights:
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


def _texts(
    sets: Sequence[Splits], ordinary: Texts, recipe: Recipe, random: Random
) -> list[tuple[str, int, int]]:
    """One epoch's texts with label and head.

    The first head also sees ordinary and merely offensive posts, or it would take whatever is
    unlike its own short sentences for hate, and some plain hate among them, or "is a post"
    would mean harmless.
    """
    hatemoji, edos, davidson = ([*zip(s.train.texts, s.train.labels, strict=True)] for s in sets)
    own = meme_sentences.draw(recipe.contrast_texts, random, without=recipe.left_out)
    first = hatemoji * recipe.hatemoji_copies + [*zip(own.texts, own.labels, strict=True)]
    for _ in range(recipe.swapped_copies):
        first += [(swap_groups(text, random), label) for text, label in hatemoji]
    first += [(text, 0) for text in _some(ordinary.texts, recipe.ordinary_texts, random)]
    first += _some([row for row in davidson if row[1]], recipe.plain_hate_texts, random)
    polite = set(ordinary.texts)
    offensive = [row for row in davidson if not row[1] and row[0] not in polite]
    first += _some(offensive, recipe.offensive_texts, random)
    chosen = [(text, int(label), 0) for text, label in first]
    for head, rows, ratio in ((1, edos, 1), (2, davidson, 2)):
        positive = [row for row in rows if row[1]]
        positive = _some(positive, round(len(positive) * recipe.other_heads_share), random)
        negative = [row for row in rows if not row[1]]
        fresh = _some(negative, ratio * len(positive), random)
        chosen += [(text, int(label), head) for text, label in positive + fresh]
    return chosen


def _some(rows: Sequence[Any], count: int, random: Random) -> list[Any]:
    return random.sample(rows, min(len(rows), count))


def _tensors(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    flat = np.concatenate([np.array(example.ids, np.int32) for example in batch])
    splits = np.cumsum([0, *(len(example.ids) for example in batch)], dtype=np.int64)
    labels = np.array([example.label for example in batch], np.float32)
    heads = np.array([example.head for example in batch], np.int32)
    return tuple(tf.constant(part) for part in (flat, splits, labels, heads))
