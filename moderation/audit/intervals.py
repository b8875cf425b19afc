"""Intervals of shares of independent items."""

from __future__ import annotations

import math

from schemas.figures import Interval, Proportion

_Z = 1.959963984540054


def wilson(hits: float, of: float, quantile: float = _Z) -> Interval:
    """Wilson's score interval of a share (E. B. Wilson, JASA 22, 1927).

    Args:
        hits: how many of them; effective numbers need not be whole.
        of: how many there are, more than 0.
        quantile: how many standard errors the ends are away; 1.96: of 95 %.
    """
    share, z2 = hits / of, quantile * quantile
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = quantile / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    low = 0.0 if hits == 0 else float(centre - half)
    high = 1.0 if hits == of else float(centre + half)
    return low, high


def share_of_items(hits: int, of: int) -> Proportion:
    """A share of distinct items with its interval; without both where there is none."""
    if not of:
        return Proportion(value=None, interval_95=None, hits=0, of=0, why="undefined")
    return Proportion(value=hits / of, interval_95=wilson(hits, of), hits=hits, of=of)
