"""The check itself: it sees a model that looks at its neighbours, and leaves others alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moderation.models.batch_dependence import APART, apart

ITEMS = [float(number) for number in range(40)]


def test_a_model_that_looks_at_each_item_alone_passes() -> None:
    def score(items: Sequence[float]) -> NDArray[np.float32]:
        return np.array([[item, 1 - item] for item in items], np.float32)

    assert apart(score, ITEMS, stranger=1e3).max() == 0.0


def test_a_model_that_is_moved_by_its_neighbours_or_by_their_length_is_seen() -> None:
    def by_the_mean(items: Sequence[float]) -> NDArray[np.float32]:
        return np.array([[item - np.mean(items)] for item in items], np.float32)

    def by_the_longest(items: Sequence[float]) -> NDArray[np.float32]:
        return np.array([[item + (max(items) > 100)] for item in items], np.float32)

    assert (apart(by_the_mean, ITEMS, stranger=1e3) > APART).all()
    assert (apart(by_the_longest, ITEMS, stranger=1e3) > APART).all()
