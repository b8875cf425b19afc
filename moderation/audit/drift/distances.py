"""How far two distributions over the same bins are apart, one pair or a thousand at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from schemas.drift import DistanceName

Shares = npt.NDArray[np.float64]
"""``[..., bins]``, of which the last axis sums to 1."""


def psi(one: Shares, other: Shares) -> Shares:
    """Population stability index; no share may be 0."""
    return np.asarray(((one - other) * np.log(one / other)).sum(-1))


def jensen_shannon(one: Shares, other: Shares) -> Shares:
    """Jensen–Shannon divergence in bits, 0 to 1; no share may be 0."""
    middle = (one + other) / 2
    nats = one * np.log(one / middle) + other * np.log(other / middle)
    return np.asarray(nats.sum(-1) / (2 * np.log(2)))


def l_inf(one: Shares, other: Shares) -> Shares:
    """Largest difference of the cumulated shares: Kolmogorov and Smirnov's, over the bins."""
    return np.asarray(np.abs(np.cumsum(one - other, axis=-1)).max(-1))


DISTANCES: Mapping[DistanceName, Callable[[Shares, Shares], Shares]] = {
    DistanceName.PSI: psi,
    DistanceName.JENSEN_SHANNON: jensen_shannon,
    DistanceName.L_INF: l_inf,
}

LEAST = {
    DistanceName.PSI: 0.02,
    DistanceName.JENSEN_SHANNON: 0.003,
    DistanceName.L_INF: 0.03,
    DistanceName.DIFFERENCE: 1.2,
}
"""What is worth an alarm: with millions of items every night differs from the last one beyond
chance. Of shares the ratio of their odds."""


def is_large(name: DistanceName, value: float) -> bool:
    """Whether a distance is worth an alarm."""
    return value >= LEAST[name]


def odds_differ(share: float, other: float, *, least: float) -> bool:
    """Whether the odds of two shares differ by the factor that is worth an alarm.

    ``least``: what an empty share counts as.
    """
    one, two = (min(max(each, least), 1 - least) for each in (share, other))
    ratio = (one / (1 - one)) / (two / (1 - two))
    return max(ratio, 1 / ratio) >= LEAST[DistanceName.DIFFERENCE]
