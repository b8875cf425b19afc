"""Quantiles of probabilities, by the bins and the arithmetic of ``ddsketch``.

Of the sketches that were tried only this one gives the same quantiles in whatever order it is
merged: it counts values in fixed bins, each as wide as the error allows. The counts travel in
tallies, which add them; bins are found for thousands of values at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from ddsketch.ddsketch import DDSketch
from ddsketch.mapping import LogarithmicMapping
from numpy.typing import NDArray

ERROR = 0.01
"""Relative, at most."""
LEAST = 1e-9
"""Up to here a probability counts as 0."""
SHARES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)

_MAPPING = LogarithmicMapping(ERROR)
_FIRST, _LAST = _MAPPING.key(LEAST), _MAPPING.key(1.0)
BINS = _LAST - _FIRST + 1


@cache
def _ends() -> NDArray[np.float64]:
    """Where each bin ends, itself included."""
    middle_to_end = (1 + _MAPPING.gamma) / 2
    return np.array([_MAPPING.value(key) * middle_to_end for key in range(_FIRST, _LAST)])


def bins_of(p: NDArray[np.float64]) -> NDArray[Any]:
    """The bin, 0 to ``BINS - 1``, of each of some probabilities."""
    return np.searchsorted(_ends(), p, side="left")


def quantiles(counts: Sequence[int], shares: Sequence[float] = SHARES) -> list[float]:
    """The probabilities that such shares of the values lie at or below.

    Args:
        counts: of values by bin; some value at least.
        shares: 0 to 1.
    """
    sketch = DDSketch(ERROR)
    for at, count in enumerate(counts):
        if count:
            sketch.add(_MAPPING.value(_FIRST + at) if at else 0.0, count)
    return [float(sketch.get_quantile_value(share) or 0.0) for share in shares]
