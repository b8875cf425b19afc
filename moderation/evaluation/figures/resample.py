"""The bootstrap: how often each item is drawn, a batch of replicates at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.uint16]
"""``[replicates, items]``: how often a replicate has an item, or ``[replicates, groups]``: how
often it has a group; each row sums to as many as there are."""

_MOST, _FEWEST = 1_000, 200
_DRAWS = 20_000_000
_BATCH_DRAWS = 1 << 19


def replicates_for(items: int) -> int:
    """1,000 up to 20,000 items, then fewer, 200 from 100,000 on."""
    return min(_MOST, max(_FEWEST, _DRAWS // max(items, 1)))


def redraws(items: int, *, replicates: int, seed: int) -> Iterator[Weights]:
    """Redraw the items with replacement, again and again; the same for equal seeds."""
    random = np.random.default_rng([seed, items])
    batch = max(1, _BATCH_DRAWS // max(items, 1))
    for start in range(0, replicates, batch):
        size = min(batch, replicates - start)
        drawn = random.integers(items, size=(size, items), dtype=np.int64)
        drawn += np.arange(size, dtype=np.int64)[:, None] * items
        counts = np.bincount(drawn.ravel(), minlength=size * items)
        yield counts.reshape(size, items).astype(np.uint16)
