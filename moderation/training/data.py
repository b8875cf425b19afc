"""Training examples: one or several sets of TFRecords as batches for a network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.option_error import option
from moderation.records.read_tfrecord import DatasetError, dataset, read_info
from moderation.training.errors import TrainingError, TrainingWarning
from moderation.training.network import image_fields, text_fields
from moderation.training.policy import expect_policy_fits
from moderation.training.rows import Labelled, SetSplit, read_labelled, read_texts
from schemas.datasets import DatasetInfo
from schemas.recipe import Recipe

_AUTO = tf.data.AUTOTUNE
_OF_ONE_LABEL = ("entailment", "hateful")
"""Tasks that verdicts have flags of their own for: their labels exclude each other."""
_TEXTS_TOGETHER = 1_024


@dataclass(frozen=True)
class Examples:
    """Sets that one network learns from."""

    paths: tuple[str, ...]
    infos: tuple[DatasetInfo, ...]
    labels: tuple[str, ...]
    recipe: Recipe
    _read: dict[SetSplit, Labelled] = field(default_factory=dict, repr=False, compare=False)
    """What was read already; copies with another recipe share it."""

    @property
    def digest(self) -> str:
        """Of all examples: equal sets, equal digest."""
        lines = "\n".join(info.content_digest for info in self.infos)
        return hashlib.sha256(lines.encode()).hexdigest()

    def rows(self, split: str) -> int:
        """Examples of a split in all sets, of any kind."""
        return sum(info.splits[split].examples for info in self.infos if split in info.splits)

    @property
    def resized(self) -> TrainingWarning | None:
        """What to warn of where the sets hold images of another size than the recipe takes."""
        image = self.recipe.image
        if image is None or not image_fields(self.recipe):
            return None
        stored, wanted = self.infos[0].image, (image.height, image.width)
        if (stored.height, stored.width) == wanted:
            return None
        return TrainingWarning(
            f"warning: the sets hold images of {stored.height}x{stored.width}, the recipe takes "
            f"{wanted[0]}x{wanted[1]}: they are resized a second time, which scoring does not do; "
            f"preprocess with {option('image_size')} {wanted[0]}x{wanted[1]}"
        )

    @property
    def target(self) -> str:
        """The feature that is learnt: a label's place, or with a sigmoid a multi-hot."""
        return "label_index" if self.recipe.activation == "softmax" else "labels"

    def label_indices(self, split: str) -> Any:
        """int64 ``[rows of the kind]``, in the order that ``encoded`` has them.

        With a sigmoid ``[rows of the kind, labels]`` of 0 and 1.
        """
        parts = [self._targets(part) for part in self._parts(split)]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def groups(self, split: str) -> Any:
        """bytes ``[rows of the kind]``: equal for examples that are copies, or nearly."""
        parts = [self._labelled(part).group for part in self._parts(split)]
        return np.concatenate(parts) if parts else np.zeros(0, "S1")

    def has_missing_images(self, split: str) -> bool:
        """Whether a row of the kind lacks an image that the recipe looks at."""
        return not self._presence(split).all()

    def with_an_image(self, split: str) -> int:
        """Rows of the kind that have at least one of the images that the recipe looks at."""
        return int(self._presence(split).any(axis=1).sum())

    def _presence(self, split: str) -> Any:
        """bool ``[rows of the kind, image fields of the recipe]``."""
        fields = image_fields(self.recipe).values()

        def of(part: SetSplit) -> Any:
            places = [part.info.image.fields.index(name) for name in fields]
            return self._labelled(part).presence[:, places]

        parts = [of(part) for part in self._parts(split)] if fields else []
        return np.concatenate(parts) != 0 if parts else np.zeros((0, len(fields)), np.bool_)

    def _parts(self, split: str) -> Iterator[SetSplit]:
        for path, info in zip(self.paths, self.infos, strict=True):
            if split in info.splits:
                yield SetSplit(path, split, self.recipe.kind, info)

    def _labelled(self, part: SetSplit) -> Labelled:
        if part not in self._read:
            self._read[part] = read_labelled(part)
        return self._read[part]

    def _targets(self, part: SetSplit) -> Any:
        read = self._labelled(part)
        if self.target == "label_index":
            return read.label_index
        count = len(self.labels)
        if part.info.multi_label:  # as wide as the kind with the most labels is
            return read.labels[:, :count]
        return np.eye(count, dtype=np.int64)[read.label_index]

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
        for name, image in fields.items():
            place = info.image.fields.index(image)
            kept[name] = example[image]
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
        rows = chain.from_iterable(read_texts(part, names) for part in self._parts(split))
        while together := list(islice(rows, _TEXTS_TOGETHER)):
            for texts in zip(*together, strict=True):
                yield from (text.decode("utf-8", "replace") for text in texts)


def open_examples(
    paths: Sequence[str], recipe: Recipe, *, wanted: Sequence[str] = ("train", "val")
) -> Examples:
    """Opens committed sets and checks that they fit the recipe and one another.

    Args:
        paths: their run directories.
        recipe: what learns from them.
        wanted: splits that may not be empty.

    Raises:
        TrainingError: a set is none, holds no such kind, has other labels, labels that scoring
            would refuse, or no examples to train on.
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
                f"preprocess them with the same {option('labels')}"
            )
        labels = found
        if (info.image, info.compression) != (infos[0].image, infos[0].compression):
            raise TrainingError(
                f"{path!r} stores images or files otherwise than {paths[0]!r}: preprocess "
                f"them with the same {option('image_size')}, {option('image_encoding')} and "
                f"{option('gzip')}"
            )
    expect_policy_fits(recipe.task, labels or ())
    examples = Examples(tuple(path.rstrip("/") for path in paths), infos, labels or (), recipe)
    for split in wanted:
        if not examples.rows(split):
            raise TrainingError(
                f"split {split!r} is empty or missing in {', '.join(map(repr, paths))}: preprocess "
                f"with {option('splits')} train=0.85,val=0.05,test=0.10 and rows enough for each"
            )
    return examples


def _check_several(path: str, recipe: Recipe) -> None:
    """Raises ``TrainingError`` where the recipe does not fit examples with several labels."""
    remedy = None
    if recipe.activation == "softmax":
        remedy = f"add {option('activation')} sigmoid"
    elif recipe.training.balance != "none":
        remedy = (
            f"no balance of examples balances them: add {option('balance')} none, and perhaps "
            f"{option('loss')}"
        )
    elif recipe.task in _OF_ONE_LABEL:
        remedy = (
            f"{recipe.task!r} asks for one: name the question, as in {option('task')} techniques"
        )
    if remedy:
        raise TrainingError(f"examples of {path!r} have any number of labels: {remedy}")


def rows_of_kind(examples: Examples, split: str) -> int:
    """Examples of a split that are of the recipe's kind; 0 where no set has the split."""
    return len(examples.label_indices(split)) if examples.rows(split) else 0


def label_counts(examples: Examples, split: str) -> tuple[int, ...]:
    """Examples of each label, in the labels' order; of the recipe's kind alone."""
    if not examples.rows(split):
        return (0,) * len(examples.labels)
    indices = examples.label_indices(split)
    if indices.ndim == 2:
        return tuple(indices.sum(axis=0).tolist())
    return tuple(np.bincount(indices, minlength=len(examples.labels)).tolist())
