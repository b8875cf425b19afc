"""Examples as batches: how often each comes in an epoch, in which order, decoded and tokenised."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from moderation.records.tfrecord import decode_image
from moderation.training.data import Examples
from moderation.training.losses import class_weights
from moderation.training.network import image_fields

_SHUFFLED = 8_192
_AUTO = tf.data.AUTOTUNE


def multiplicity(indices: Any, *, balance: str, seed: int) -> Any:
    """int64 ``[rows]``: how often each example comes in an epoch.

    ``undersample``: of every label as many as of the rarest, others each epoch; ``oversample``:
    rare ones repeat until every label comes as often as the commonest.
    """
    times = np.ones(len(indices), np.int64)
    if balance == "none":
        return times
    if indices.ndim == 2:  # of one label each: examples with several are refused any balance
        indices = indices.argmax(axis=1)
    counts = np.bincount(indices)
    there = counts[counts > 0]
    rng = np.random.default_rng(seed)
    for label in np.flatnonzero(counts):
        rows = np.flatnonzero(indices == label)
        if balance == "undersample":
            times[rows] = 0
            times[rng.permutation(rows)[: there.min()]] = 1
        else:
            whole, rest = divmod(int(there.max()), len(rows))
            times[rows] = whole
            times[rng.permutation(rows)[:rest]] += 1
    return times


def training_batches(
    examples: Examples, prepare: Any, *, epoch: int, indices: Any
) -> tuple[tf.data.Dataset, int]:
    """One epoch's batches and their number; equal for equal seeds and epochs.

    Elements are ``(model inputs, one-hot or multi-hot labels, weights)``.
    """
    training = examples.recipe.training
    seed = training.seed * 1_000_003 + epoch
    times = multiplicity(indices, balance=training.balance, seed=seed)
    source = examples.encoded("train")
    if training.balance != "none":
        pairs = tf.data.Dataset.zip((source, tf.data.Dataset.from_tensor_slices(times)))
        source = pairs.flat_map(
            lambda example, count: tf.data.Dataset.from_tensors(example).repeat(count)
        )
    rows = int(times.sum())
    source = source.shuffle(min(_SHUFFLED, max(rows, 1)), seed=seed)
    weights = np.ones(len(examples.labels), np.float32)
    if examples.recipe.loss.name == "class_weighted" and examples.target == "label_index":
        counts = np.bincount(np.repeat(indices, times), minlength=len(examples.labels))
        weights = np.array(class_weights(counts.tolist()), np.float32)
    batches = _batches(examples, source, training.batch_size, prepare, weights)
    return batches, -(-rows // training.batch_size)


def judging_batches(
    examples: Examples, prepare: Any, *, split: str, batch_size: int
) -> tf.data.Dataset:
    """A split in the order of ``label_indices``."""
    weights = np.ones(len(examples.labels), np.float32)
    return _batches(examples, examples.encoded(split), batch_size, prepare, weights)


def raw_batches(examples: Examples, *, split: str, batch_size: int) -> tf.data.Dataset:
    """A split's raw inputs, as the exported signature takes them."""
    return _decoded(examples, examples.encoded(split)).batch(batch_size)


def _decoded(examples: Examples, source: tf.data.Dataset) -> tf.data.Dataset:
    recipe = examples.recipe
    names = list(image_fields(recipe))

    def decode(example: dict[str, Any]) -> dict[str, Any]:
        raw = {name: value for name, value in example.items() if name != "kind"}
        for name in names:
            assert recipe.image is not None  # the recipe was checked
            image = decode_image(raw[name], examples.infos[0])
            size = (recipe.image.height, recipe.image.width)
            if image.shape[:2] != size:
                image = tf.image.resize(tf.cast(image, tf.float32), size, antialias=True)
                image = tf.cast(tf.clip_by_value(tf.round(image), 0, 255), tf.uint8)
            raw[name] = image
        return raw

    return source.map(decode, num_parallel_calls=_AUTO, deterministic=True)


def _batches(
    examples: Examples, source: tf.data.Dataset, batch_size: int, prepare: Any, weights: Any
) -> tf.data.Dataset:
    count = len(examples.labels)
    by_label = tf.constant(weights)

    def ready(raw: dict[str, Any]) -> Any:
        index = raw.pop(examples.target)
        if examples.target == "labels":
            target = tf.cast(tf.ensure_shape(index, [None, count]), tf.float32)
            return prepare(raw), target, tf.ones_like(target[:, 0])
        target = tf.one_hot(index, count)
        return prepare(raw), target, tf.gather(by_label, index)

    batched = _decoded(examples, source).batch(batch_size)
    return batched.map(ready, num_parallel_calls=_AUTO, deterministic=True).prefetch(_AUTO)
