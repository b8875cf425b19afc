"""Examples of all splits as one pool, dealt anew: what a cross-validation trains on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.training.data import Examples
from moderation.training.network import text_fields
from moderation.training.rows import read_texts
from moderation.training.scorer import SPLITS

_as_it_is = tf.autograph.experimental.do_not_convert


@dataclass(frozen=True)
class Pooled(Examples):
    """The rows of all splits; each of its own splits is a choice among them.

    Rows are in the order of ``SPLITS``, and within each in the files' order.
    """

    chosen: Mapping[str, Any] = field(default_factory=dict)
    """Name of a split to bool ``[rows of the pool]``."""

    def rows(self, split: str) -> int:
        """Examples of the kind; others are in no split."""
        return int(self.chosen[split].sum()) if split in self.chosen else 0

    def label_indices(self, split: str) -> Any:
        """As :meth:`Examples.label_indices`."""
        parts = [Examples.label_indices(self, its) for its in self._there]
        return np.concatenate(parts)[self.chosen[split]]

    def groups(self, split: str) -> Any:
        """As :meth:`Examples.groups`."""
        parts = [Examples.groups(self, its) for its in self._there]
        return np.concatenate(parts)[self.chosen[split]]

    def encoded(self, split: str) -> tf.data.Dataset:
        """As :meth:`Examples.encoded`."""
        first, *others = (Examples.encoded(self, its) for its in self._there)
        for other in others:
            first = first.concatenate(other)
        choice = tf.data.Dataset.from_tensor_slices(self.chosen[split])
        pairs = tf.data.Dataset.zip((first, choice))
        chosen = pairs.filter(_as_it_is(lambda _, is_chosen: is_chosen))
        return chosen.map(_as_it_is(lambda example, _: example))

    def texts(self, split: str) -> Iterator[str]:
        """As :meth:`Examples.texts`."""
        for texts in self._chosen_of(split, text_fields(self.recipe)):
            yield from (text.decode("utf-8", "replace") for text in texts)

    def item_ids(self, split: str) -> list[str]:
        """As verdicts have them, in the order of ``label_indices``."""
        return [name.decode() for (name,) in self._chosen_of(split, ("item_id",))]

    def dealt(self, chosen: Mapping[str, Any]) -> Pooled:
        """The same pool with other splits."""
        return replace(self, chosen=chosen)

    def _chosen_of(self, split: str, names: tuple[str, ...]) -> Iterator[tuple[bytes, ...]]:
        parts = chain.from_iterable(self._parts(its) for its in self._there)
        rows = chain.from_iterable(read_texts(part, names) for part in parts)
        for row, is_chosen in zip(rows, self.chosen[split], strict=True):
            if is_chosen:
                yield row

    @property
    def _there(self) -> list[str]:
        return [split for split in SPLITS if Examples.rows(self, split)]


def pooled(examples: Examples) -> Pooled:
    """All examples of the recipe's kind as one split, ``train``."""
    opened = Pooled(examples.paths, examples.infos, examples.labels, examples.recipe)
    rows = sum(len(Examples.label_indices(opened, split)) for split in opened._there)
    return opened.dealt({"train": np.ones(rows, bool)})
