"""Rows of a set read without their images: labels, presence and texts, once each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.records.read_tfrecord import parse_spec
from schemas.datasets import DatasetInfo
from schemas.records import Kind

_READ_TOGETHER = 64
"""Records, which hold their images' bytes, in memory at a time."""
_LABELS = ("label_index", "labels", "presence", "group")


@dataclass(frozen=True, slots=True)
class SetSplit:
    """A split of one set, narrowed to a kind."""

    path: str
    split: str
    kind: Kind
    info: DatasetInfo = field(compare=False, repr=False)

    @property
    def files(self) -> list[str]:
        """Its shards, in their order; none where the set lacks the split."""
        found = self.info.splits.get(self.split)
        return [f"{self.path}/{shard.path}" for shard in found.shards] if found else []


@dataclass(frozen=True, slots=True)
class Labelled:
    """What is known of a split's rows, in the files' order."""

    label_index: Any
    """int64 ``[rows]``."""
    labels: Any
    """int64 ``[rows, labels of the widest kind]``; None in sets of one label a row."""
    presence: Any
    """``[rows, image fields of the set]``, 0 where a row lacks the image; None without any."""
    group: Any
    """bytes ``[rows]``, equal for what shares an image or a nearly equal text."""


def read_labelled(part: SetSplit) -> Labelled:
    """One pass over the split; images are skipped, not decoded."""
    batches = list(_parsed(part, _LABELS))
    return Labelled(*(_together(batches, name, part) for name in _LABELS))


def read_texts(part: SetSplit, names: Sequence[str]) -> Iterator[tuple[bytes, ...]]:
    """The named text features of each row."""
    for batch in _parsed(part, names):
        yield from zip(*(batch[name].tolist() for name in names), strict=True)


def _parsed(part: SetSplit, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Features as NumPy arrays, rows of other kinds left out.

    Nothing is traced: a ``map`` would cost more than a small set's reading.
    """
    known = parse_spec(part.info)
    spec = {name: known[name] for name in ("kind", *names) if name in known}
    files = part.files
    if not files:
        return
    records = tf.data.TFRecordDataset(files, compression_type=part.info.compression)
    for batch in records.batch(_READ_TOGETHER):
        found = {name: each.numpy() for name, each in tf.io.parse_example(batch, spec).items()}
        mine = found.pop("kind") == part.kind.value.encode()
        yield {name: each[mine] for name, each in found.items()}


def _together(batches: list[dict[str, Any]], name: str, part: SetSplit) -> Any:
    """Of a split without a row as many columns as there would be."""
    spec = parse_spec(part.info).get(name)
    if spec is None:
        return None
    if not batches:
        return np.zeros((0, *spec.shape), tf.dtypes.as_dtype(spec.dtype).as_numpy_dtype)
    return np.concatenate([batch[name] for batch in batches])
