"""Whether what a model says of an item depends on the items beside it (decision 0026)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")

APART = 2e-6
"""How far float32 on a CPU may lie apart, of a probability: a lone row takes other kernels."""

_SIZES = (2, 7, 32)


def apart(
    score: Callable[[Sequence[Item]], NDArray[np.float32]],
    items: Sequence[Item],
    *,
    stranger: Item,
    shuffles: int = 2,
    seed: int = 0,
) -> NDArray[np.float64]:
    """How far each item's scores lie apart: alone, in shuffled batches, and at another padding.

    Args:
        score: of items, float ``[n, k]``.
        items: to compare.
        stranger: an item with a text so long that all others are padded beside it.
        shuffles: how often they are dealt out anew into batches of each size.
        seed: of the shuffles.

    Returns:
        float ``[items]``: the largest difference between two scores of one item.
    """
    seen = [np.concatenate([score([item]) for item in items])]
    random = Random(seed)
    for size in _SIZES:
        for turn in range(shuffles):
            order = random.sample(range(len(items)), len(items))
            found = np.empty_like(seen[0])
            for start in range(0, len(order), size):
                places = order[start : start + size]
                batch = [items[place] for place in places]
                beside = [stranger] if turn % 2 else []
                found[places] = score([*batch, *beside])[: len(batch)]
            seen.append(found)
    every = np.stack(seen).astype(np.float64)
    return np.asarray((every.max(axis=0) - every.min(axis=0)).max(axis=1))
