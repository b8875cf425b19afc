"""Truth and probabilities of one task, checked once and then trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moderation.records.positive import positive_place

SUM_TOLERANCE = 1e-3
_AT = 0.5


class SampleError(ValueError):
    """Labels or probabilities that no figure can be computed from."""


@dataclass(frozen=True)
class Sample:
    """Items of one task. Make one with ``make_sample``."""

    names: tuple[str, ...]
    truth: NDArray[np.bool_]
    """``[items, labels]``: one true a row, or with ``multi_label`` any number."""
    p: NDArray[np.float64]
    """``[items, labels]``, 0 to 1."""
    multi_label: bool = False
    thresholds: tuple[float, ...] | None = None
    """With ``multi_label``: the probability from which each label is given; None: 0.5."""
    task: str | None = None
    """Its name, which may tell the positive one of two labels."""
    groups: NDArray[np.int64] | None = None
    """``[items]``: the independent group of each, 0 and on without a gap; None: each its own."""

    def __len__(self) -> int:
        return len(self.p)

    @property
    def positive(self) -> int | None:
        """The place of the label that two-label figures are of."""
        return positive_of(self.names, self.task, multi_label=self.multi_label)

    @cached_property
    def label(self) -> NDArray[np.int64]:
        """The label's place of each item, where it has one."""
        return np.asarray(self.truth.argmax(axis=1), dtype=np.int64)

    @cached_property
    def predicted_label(self) -> NDArray[np.int64]:
        """The likeliest label's place; of equally likely ones the first, of two the negative."""
        if self.positive is not None:
            yes = self.p[:, self.positive] > self.p[:, 1 - self.positive]
            return np.where(yes, self.positive, 1 - self.positive).astype(np.int64)
        return np.asarray(self.p.argmax(axis=1), dtype=np.int64)

    @cached_property
    def predicted(self) -> NDArray[np.bool_]:
        """``[items, labels]``: what the model gives."""
        if self.multi_label:
            return self.p >= np.array(self.thresholds or _AT)
        return np.asarray(self.predicted_label[:, None] == np.arange(len(self.names)))

    @property
    def right(self) -> NDArray[np.bool_]:
        """``[items]``: every label as it should be."""
        return np.asarray((self.predicted == self.truth).all(axis=1))

    def take(self, rows: NDArray[Any]) -> Sample:
        """Some of the items, by place or by mask."""
        groups = None if self.groups is None else numbered(self.groups[rows])
        return replace(self, truth=self.truth[rows], p=self.p[rows], groups=groups)


def numbered(groups: Any) -> NDArray[np.int64]:
    """Groups by any value as numbers, in the order of their values."""
    return np.asarray(np.unique(np.asarray(groups), return_inverse=True)[1], dtype=np.int64)


def positive_of(
    names: Sequence[str], task: str | None = None, *, multi_label: bool = False
) -> int | None:
    """The place of the positive one of two labels that exclude each other; else None."""
    return positive_place(names, task) if len(names) == 2 and not multi_label else None


def make_sample(
    labels: ArrayLike | Sequence[Any],
    probabilities: ArrayLike,
    names: Sequence[str],
    *,
    task: str | None = None,
    multi_label: bool = False,
    thresholds: Sequence[float] | None = None,
    groups: Sequence[Any] | None = None,
) -> Sample:
    """Check and convert.

    Args:
        labels: ``[items]``, a label's name or its place in ``names``; with ``multi_label``
            ``[items, labels]`` of 0 and 1.
        probabilities: ``[items, labels]``; with two labels also ``[items]``, the positive one's
            (``moderation.records.positive``).
        names: the labels.
        task: its name.
        multi_label: an item may have any number of the labels.
        thresholds: then, in the order of the labels, from where each is given; None: 0.5.
        groups: ``[items]``, equal for items that are no independent evidence, as copies; None:
            each item is its own.

    Raises:
        SampleError: where shapes, labels or probabilities do not fit.
    """
    names = tuple(str(name) for name in names)
    p = np.asarray(probabilities, dtype=np.float64)
    if p.ndim == 2 and p.shape[1] == 1 and len(names) == 2 and not multi_label:
        p = p[:, 0]
    if p.ndim == 1 and len(names) == 2 and not multi_label:
        yes_last = positive_of(names, task) == 1
        p = np.stack([1.0 - p, p] if yes_last else [p, 1.0 - p], axis=1)
    if p.ndim != 2 or p.shape[1] != len(names):
        raise SampleError(f"probabilities are {list(p.shape)}, not [items, {len(names)}]")
    if len(p) == 0:
        raise SampleError("there is no item")
    if not (np.isfinite(p).all() and p.min() >= 0.0 and p.max() <= 1.0 + 1e-6):
        raise SampleError("probabilities must lie between 0 and 1")
    if not multi_label and np.abs(p.sum(axis=1) - 1.0).max() > SUM_TOLERANCE:
        raise SampleError(
            "an item's probabilities must sum to 1 (multi_label: any number of labels is right)"
        )
    truth = _multi_hot(labels, p.shape) if multi_label else _one_hot(labels, names, len(p))
    if thresholds is not None and (not multi_label or len(thresholds) != len(names)):
        raise SampleError("thresholds are one a label, and of multi_label alone")
    at = None if thresholds is None else tuple(thresholds)
    if groups is not None and len(groups) != len(p):
        raise SampleError(f"groups are of {len(groups)} items, probabilities of {len(p)}")
    of = None if groups is None else numbered(groups)
    return Sample(names, truth, np.minimum(p, 1.0), multi_label, at, task, of)


def _multi_hot(labels: Any, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    truth = np.asarray(labels)
    if truth.shape != shape or not np.isin(truth, (0, 1)).all():
        raise SampleError(f"labels must be 0 and 1 in the shape {list(shape)}")
    return truth.astype(bool)


def _one_hot(labels: Any, names: tuple[str, ...], items: int) -> NDArray[np.bool_]:
    given = np.asarray(labels)
    if given.shape != (items,):
        raise SampleError(f"labels are {list(given.shape)}, probabilities of {items} items")
    if given.dtype.kind in "iub":
        places = given.astype(np.int64)
        if places.min() < 0 or places.max() >= len(names):
            raise SampleError(f"labels must be names or lie between 0 and {len(names) - 1}")
    else:
        known = {name: place for place, name in enumerate(names)}
        try:
            places = np.array([known[str(label)] for label in given], dtype=np.int64)
        except KeyError as unknown:
            raise SampleError(f"{unknown.args[0]!r} is none of {list(names)}") from None
    return np.asarray(places[:, None] == np.arange(len(names)))
