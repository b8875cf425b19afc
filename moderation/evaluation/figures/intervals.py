"""Intervals: Wilson's for shares of items, percentiles over replicates for everything else."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.metrics import Figure, Interval, Proportion

_Z = 1.959963984540054
_PERCENT = (2.5, 97.5)


def wilson(hits: int, of: int) -> Interval:
    """Wilson's 95 % score interval of a share (E. B. Wilson, JASA 22, 1927).

    Args:
        hits: how many of them.
        of: how many there are, at least one.
    """
    share, z2 = hits / of, _Z * _Z
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * np.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    low = 0.0 if hits == 0 else float(centre - half)
    high = 1.0 if hits == of else float(centre + half)
    return low, high


def proportion(hits: int, of: int) -> Proportion:
    """A share with its interval; without both where there is nothing to take a share of."""
    hits, of = int(hits), int(of)
    if of == 0:
        return Proportion(value=None, interval_95=None, hits=0, of=0)
    return Proportion(value=hits / of, interval_95=wilson(hits, of), hits=hits, of=of)


def percentiles(replicates: NDArray[np.float64]) -> tuple[Interval | None, int]:
    """The middle 95 % of a figure's replicates, and how many are defined.

    Args:
        replicates: float64 ``[replicates]``, NaN where undefined.
    """
    defined = replicates[~np.isnan(replicates)]
    if 2 * len(defined) <= len(replicates):
        return None, len(defined)
    low, high = np.percentile(defined, _PERCENT)
    return (float(low), float(high)), len(defined)


def figure(value: Any, replicates: NDArray[np.float64]) -> Figure:
    """A figure with the interval of its replicates; ``value`` NaN or None where undefined."""
    if value is None or np.isnan(value):
        return Figure(value=None, interval_95=None, replicates=0)
    interval, defined = percentiles(replicates)
    return Figure(value=float(value), interval_95=interval, replicates=defined)


def recentred(replicates: NDArray[np.float64], value: float) -> NDArray[np.float64]:
    """Replicates of a figure that redrawing itself makes larger, moved back around its value.

    The expected calibration error is a mean of absolute gaps: the noise of redrawing adds to
    each, so that plain percentiles may lie wholly above the figure. None falls below 0.
    """
    moved: NDArray[np.float64] = replicates - (replicates.mean() - value)
    return np.maximum(moved, 0.0)
