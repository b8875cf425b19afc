"""Examples as batches: how often each comes in an epoch, in which order, decoded and tokenised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.records.read_tfrecord import decode_image
from moderation.training.data import Examples
from moderation.training.losses import class_weights
from moderation.training.network import image_fields

_SHUFFLED = 8_192
_JUDGED_TOGETHER = 32
_AUTO = tf.data.AUTOTUNE
_as_it_is = tf.autograph.experimental.do_not_convert
"""Ours is graph operations already: to convert it would take longer than to trace it."""


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


class Batches:
    """The batches of a training; what makes them is traced once, however many epochs there are."""

    def __init__(
        self,
        examples: Examples,
        prepare: Any,
        *,
        keeps: bool = False,
        held: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """``keeps``: each example is prepared once, and held for the next epoch, or is already."""
        self._examples = examples
        self._decode = tf.function(Decode(examples), autograph=False)
        self._prepare = prepare
        ready = _Ready(examples, _as_kept if keeps else prepare)
        self._ready = tf.function(ready, autograph=False)
        self._keeps = keeps
        self._kept: dict[str, Mapping[str, Any]] = dict(held or {})
        self._encoded: dict[str, tf.data.Dataset] = {}

    def training(self, *, epoch: int) -> tuple[tf.data.Dataset, int]:
        """One epoch's batches and their number; equal for equal seeds and epochs.

        Elements are ``(model inputs, one-hot or multi-hot labels, weights)``.
        """
        examples, training = self._examples, self._examples.recipe.training
        indices = examples.label_indices("train")
        seed = training.seed * 1_000_003 + epoch
        times = multiplicity(indices, balance=training.balance, seed=seed)
        source = self._source("train")
        if training.balance != "none":
            pairs = tf.data.Dataset.zip((source, tf.data.Dataset.from_tensor_slices(times)))
            source = pairs.flat_map(_as_it_is(_repeated))
        rows = int(times.sum())
        source = source.shuffle(min(_SHUFFLED, max(rows, 1)), seed=seed)
        weights = np.ones(len(examples.labels), np.float32)
        if examples.recipe.loss.name == "class_weighted" and examples.target == "label_index":
            counts = np.bincount(np.repeat(indices, times), minlength=len(examples.labels))
            weights = np.array(class_weights(counts.tolist()), np.float32)
        by_label = tf.constant(weights)
        size = training.batch_size
        together = source.batch(size) if self._keeps else self._batched(source, size)
        batches = together.map(
            _as_it_is(lambda raw: self._ready(raw, by_label)),
            num_parallel_calls=_AUTO,
            deterministic=True,
        )
        return batches.prefetch(_AUTO), -(-rows // training.batch_size)

    def prepared(self, split: str) -> Iterator[dict[str, Any]]:
        """A split's model inputs in batches, in the order of ``label_indices``."""
        target = self._examples.target
        if not self._keeps:
            for raw in self.raw(split):
                raw.pop(target)
                yield self._prepare(raw)
            return
        inputs = {name: each for name, each in self.held(split).items() if name != target}
        for start in range(0, len(next(iter(inputs.values()))), self._judged_together):
            stop = start + self._judged_together
            yield {name: tf.constant(each[start:stop]) for name, each in inputs.items()}

    def raw(self, split: str) -> tf.data.Dataset:
        """A split's raw inputs and labels, in the order of ``label_indices``."""
        return self._batched(self._encoded_of(split), self._judged_together).prefetch(_AUTO)

    @property
    def _judged_together(self) -> int:
        return max(self._examples.recipe.training.batch_size, _JUDGED_TOGETHER)

    def held(self, split: str) -> Mapping[str, Any]:
        """Model inputs and target of a whole split as arrays, made when first asked for."""
        if split not in self._kept:
            target = self._examples.target
            prepare = tf.function(self._prepare, reduce_retracing=True, autograph=False)
            batches = []
            for raw in self.raw(split):
                labels = raw.pop(target)
                found = {**prepare(raw), target: labels}
                batches.append({name: np.asarray(each) for name, each in found.items()})
            self._kept[split] = {name: _joined(batches, name) for name in batches[0]}
        return self._kept[split]

    def _batched(self, source: tf.data.Dataset, size: int) -> tf.data.Dataset:
        decoded = source.map(self._decode, num_parallel_calls=_AUTO, deterministic=True)
        return decoded.batch(size)

    def _source(self, split: str) -> tf.data.Dataset:
        if self._keeps:
            return tf.data.Dataset.from_tensor_slices(dict(self.held(split)))
        return self._encoded_of(split)

    def _encoded_of(self, split: str) -> tf.data.Dataset:
        if split not in self._encoded:
            self._encoded[split] = self._examples.encoded(split)
        return self._encoded[split]


def _joined(batches: list[dict[str, Any]], name: str) -> Any:
    """Batches of different lengths are filled up with zeros to the longest."""
    arrays = [batch[name] for batch in batches]
    longest = [max(sides) for sides in zip(*(each.shape[1:] for each in arrays), strict=True)]
    filled = [
        np.pad(
            each,
            [(0, 0), *((0, to - side) for to, side in zip(longest, each.shape[1:], strict=True))],
        )
        for each in arrays
    ]
    return np.concatenate(filled)


def _as_kept(inputs: dict[str, Any]) -> dict[str, Any]:
    return inputs


def raw_batches(examples: Examples, *, split: str, batch_size: int) -> tf.data.Dataset:
    """A split's raw inputs, as the exported signature takes them."""
    decode = tf.function(Decode(examples), autograph=False)
    decoded = examples.encoded(split).map(decode, num_parallel_calls=_AUTO, deterministic=True)
    return decoded.batch(batch_size)


class Decode:
    """Encoded examples to raw inputs: images as uint8 ``[height, width, 3]``."""

    def __init__(self, examples: Examples) -> None:
        self._info = examples.infos[0]
        self._image = examples.recipe.image
        self._names = tuple(image_fields(examples.recipe))

    def __call__(self, example: dict[str, Any]) -> dict[str, Any]:
        """One example; graph operations only."""
        raw = {name: value for name, value in example.items() if name != "kind"}
        for name in self._names:
            assert self._image is not None  # the recipe was checked
            image = decode_image(raw[name], self._info)
            size = (self._image.height, self._image.width)
            if image.shape[:2] != size:
                image = tf.image.resize(tf.cast(image, tf.float32), size, antialias=True)
                image = tf.cast(tf.clip_by_value(tf.round(image), 0, 255), tf.uint8)
            raw[name] = image
        return raw


def _repeated(example: dict[str, Any], count: Any) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensors(example).repeat(count)


class _Ready:
    """Batches of examples to what a step takes."""

    def __init__(self, examples: Examples, prepare: Any) -> None:
        self._target, self._count = examples.target, len(examples.labels)
        self._prepare = prepare

    def __call__(self, raw: dict[str, Any], by_label: Any) -> Any:
        inputs = {name: value for name, value in raw.items() if name != self._target}
        index = raw[self._target]
        if self._target == "labels":
            target = tf.cast(tf.ensure_shape(index, [None, self._count]), tf.float32)
            return self._prepare(inputs), target, tf.ones_like(target[:, 0])
        target = tf.one_hot(index, self._count)
        return self._prepare(inputs), target, tf.gather(by_label, index)
