"""Training examples: one or several sets of TFRecords as batches for a network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.records.tfrecord import DatasetError, dataset, decode_image, read_info
from moderation.training.errors import TrainingError
from moderation.training.losses import class_weights
from moderation.training.network import image_fields, text_fields
from schemas.datasets import DatasetInfo
from schemas.recipe import Recipe

_SHUFFLED = 8_192
_AUTO = tf.data.AUTOTUNE
_OF_ONE_LABEL = ("entailment", "hateful")
"""Tasks that verdicts have flags of their own for: their labels exclude each other."""


@dataclass(frozen=True)
class Examples:
    """Sets that one network learns from."""

    paths: tuple[str, ...]
    infos: tuple[DatasetInfo, ...]
    labels: tuple[str, ...]
    recipe: Recipe

    @property
    def digest(self) -> str:
        """Of all examples: equal sets, equal digest."""
        lines = "\n".join(info.content_digest for info in self.infos)
        return hashlib.sha256(lines.encode()).hexdigest()

    def rows(self, split: str) -> int:
        """Examples of a split in all sets, of any kind."""
        return sum(info.splits[split].examples for info in self.infos if split in info.splits)

    @property
    def resized(self) -> str | None:
        """What to warn of where the sets hold images of another size than the recipe takes."""
        image = self.recipe.image
        if image is None or not image_fields(self.recipe):
            return None
        stored, wanted = self.infos[0].image, (image.height, image.width)
        if (stored.height, stored.width) == wanted:
            return None
        return (
            f"warning: the sets hold images of {stored.height}x{stored.width}, the recipe takes "
            f"{wanted[0]}x{wanted[1]}: they are resized a second time, which scoring does not do; "
            f"preprocess with --image_size {wanted[0]}x{wanted[1]}"
        )

    @property
    def target(self) -> str:
        """The feature that is learnt: a label's place, or with a sigmoid a multi-hot."""
        return "label_index" if self.recipe.activation == "softmax" else "labels"

    def label_indices(self, split: str) -> Any:
        """int64 ``[rows of the kind]``, in the order that ``encoded`` has them.

        With a sigmoid ``[rows of the kind, labels]`` of 0 and 1.
        """
        wanted = self.encoded(split).map(lambda example: example[self.target])
        parts = [batch.numpy() for batch in wanted.batch(4_096)]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def encoded(self, split: str) -> tf.data.Dataset:
        """Examples of the recipe's kind with their images' bytes, in the files' order."""
        found = None
        for path, info in zip(self.paths, self.infos, strict=True):
            if split not in info.splits:
                continue
            one = dataset(path, split=split, decode_images=False).map(
                lambda each, info=info: self._chosen(each, info), num_parallel_calls=_AUTO
            )
            found = one if found is None else found.concatenate(one)
        if found is None:
            raise TrainingError(f"no set has a split {split!r}")
        kind = self.recipe.kind.value
        return found.filter(lambda example: example["kind"] == kind)

    def _chosen(self, example: dict[str, Any], info: DatasetInfo) -> dict[str, Any]:
        """Features that every set has alike: those of the kind."""
        fields = image_fields(self.recipe)
        kept = {name: example[name] for name in ("kind", *text_fields(self.recipe))}
        kept[self.target] = self._target_of(example, info)
        for name, field in fields.items():
            place = info.image.fields.index(field)
            kept[name] = example[field]
            kept[f"{name}_present"] = tf.cast(example["presence"][place], tf.float32)
        return kept

    def _target_of(self, example: dict[str, Any], info: DatasetInfo) -> Any:
        if self.target == "label_index":
            return example["label_index"]
        if info.multi_label:  # as wide as the kind with the most labels is
            return example["labels"][: len(self.labels)]
        return tf.one_hot(example["label_index"], len(self.labels), dtype=tf.int64)

    def texts(self, split: str) -> Iterator[str]:
        """All texts of a split, for encoders that learn from them."""
        names = text_fields(self.recipe)
        for batch in self.encoded(split).batch(1_024):
            for name in names:
                yield from (text.decode("utf-8", "replace") for text in batch[name].numpy())


def open_examples(paths: Sequence[str], recipe: Recipe) -> Examples:
    """Opens committed sets and checks that they fit the recipe and one another.

    Raises:
        TrainingError: a set is none, holds no such kind, has other labels, or no examples to
            train on.
    """
    try:
        infos = tuple(read_info(path) for path in paths)
    except DatasetError as error:
        raise TrainingError(str(error)) from error
    labels: tuple[str, ...] | None = None
    for path, info in zip(paths, infos, strict=True):
        if recipe.kind not in info.kinds:
            kinds = ", ".join(kind.value for kind in info.kinds)
            raise TrainingError(
                f"{path!r} holds {kinds}, but recipe {recipe.name!r} learns from "
                f"{recipe.kind.value}: take another set, or another preset"
            )
        if info.multi_label:
            _check_several(path, recipe)
        found = tuple(info.labels[recipe.kind])
        if labels is not None and found != labels:
            raise TrainingError(
                f"{path!r} has the labels {list(found)}, the sets before it {list(labels)}: "
                "preprocess them with the same --labels"
            )
        labels = found
        if (info.image, info.compression) != (infos[0].image, infos[0].compression):
            raise TrainingError(
                f"{path!r} stores images or files otherwise than {paths[0]!r}: preprocess "
                "them with the same --image_size, --image_encoding and --gzip"
            )
    examples = Examples(tuple(path.rstrip("/") for path in paths), infos, labels or (), recipe)
    for split in ("train", "val"):
        if not examples.rows(split):
            raise TrainingError(
                f"split {split!r} is empty or missing in {', '.join(map(repr, paths))}: preprocess "
                "with --splits train=0.85,val=0.05,test=0.10 and rows enough for each"
            )
    return examples


def _check_several(path: str, recipe: Recipe) -> None:
    """Raises ``TrainingError`` where the recipe does not fit examples with several labels."""
    remedy = None
    if recipe.activation == "softmax":
        remedy = "add --activation sigmoid"
    elif recipe.training.balance != "none":
        remedy = "no balance of examples balances them: add --balance none, and perhaps --loss"
    elif recipe.task in _OF_ONE_LABEL:
        remedy = f"{recipe.task!r} asks for one: name the question, as in --task techniques"
    if remedy:
        raise TrainingError(f"examples of {path!r} have any number of labels: {remedy}")


def label_counts(examples: Examples, split: str) -> tuple[int, ...]:
    """Examples of each label, in the labels' order; of the recipe's kind alone."""
    if not examples.rows(split):
        return (0,) * len(examples.labels)
    indices = examples.label_indices(split)
    if indices.ndim == 2:
        return tuple(indices.sum(axis=0).tolist())
    return tuple(np.bincount(indices, minlength=len(examples.labels)).tolist())


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
