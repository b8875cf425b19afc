"""Intervals of 95 %: by leaving each group out, on the scale of the log-odds, with Student's t.

Groups of copies differ in size and few of them decide a figure. So the variance is the
jackknife's over whole groups, and the degrees of freedom are what the spread of the groups' own
contributions leaves of them (Satterthwaite): of ten positives a t with some ten, whatever the
number of items. Where each item is a group of its own, a share has Wilson's interval.
docs/decisions/0041 has what else was tried, and how often each held the truth.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.audit.intervals import wilson
from moderation.evaluation.figures.groups import Floats, Grouping, effective
from schemas.metrics import Figure, Interval, Proportion, WhyNot

_TAIL = 0.975
_PERCENT = (2.5, 97.5)
FEWEST_GROUPS = 5
"""Effective ones that an interval is made of."""
FEWEST_OF_LOSS = 1_000
"""The same for a mean of losses that have no largest value: one item may be most of it."""
_ROUNDING = 1e-12
_LEAST_FREEDOM = 4.0
"""Below it intervals of made-up sets held the truth in all cases: wider than they need be."""


def proportion(hits: NDArray[Any], of: NDArray[Any], grouping: Grouping) -> Proportion:
    """A share of items with its interval; without both where there is nothing to take a share of.

    Args:
        hits: ``[items]`` of 0 and 1, 0 where ``of`` is.
        of: ``[items]`` of 0 and 1: the items that the share is of.
        grouping: which items are one group.
    """
    hit, whole = int(hits.sum()), int(of.sum())
    if whole == 0:
        return Proportion(value=None, interval_95=None, hits=0, of=0, groups=0.0, why="undefined")
    if grouping.alone:
        return _share(hit, whole, float(whole), wilson(hit, whole))
    sizes = grouping.sums(of)
    there = sizes > 0
    groups = effective(sizes)
    if groups < FEWEST_GROUPS:
        return _share(hit, whole, groups, None)
    if hit in (0, whole):
        return _share(hit, whole, groups, wilson(groups if hit else 0, groups))
    own, sizes = grouping.sums(hits)[there], sizes[there]
    without = (hit - own) / (whole - sizes)
    return _share(hit, whole, groups, around(hit / whole, without, within=1.0))


def _share(hits: int, of: int, groups: float, interval: Interval | None) -> Proportion:
    return Proportion(
        value=hits / of,
        interval_95=interval,
        hits=hits,
        of=of,
        groups=round(groups, 1),
        why=None if interval else "few_groups",
    )


def figure(value: float, without: Floats, *, groups: float, within: float | None) -> Figure:
    """A figure with its interval; ``value`` NaN where undefined.

    Args:
        value: of all items.
        without: ``[groups]``: of all but one group, NaN where undefined.
        groups: effective ones that it rests on.
        within: the figure lies between 0 and this; None: it has no largest value.
    """
    if np.isnan(value):
        return Figure(value=None, interval_95=None, replicates=0, groups=0.0, why="undefined")
    value, interval = float(value), None
    why: WhyNot | None = None
    if groups < fewest(within) or np.isnan(without).any():
        why = "few_groups"
    elif (interval := around(value, without, within=within)) is None:
        why = "no_spread"
    return Figure(value=value, interval_95=interval, replicates=0, groups=round(groups, 1), why=why)


def fewest(within: float | None) -> int:
    """Effective groups that an interval of a figure asks for, by the figure's largest value."""
    return FEWEST_GROUPS if within is not None else FEWEST_OF_LOSS


def without_interval(value: float, *, groups: float) -> Figure:
    """A figure for which no interval was found that holds what it should."""
    if np.isnan(value):
        return Figure(value=None, interval_95=None, replicates=0, groups=0.0, why="undefined")
    return Figure(
        value=float(value),
        interval_95=None,
        replicates=0,
        groups=round(groups, 1),
        why="unreliable",
    )


def around(value: float, without: Floats, *, within: float | None) -> Interval | None:
    """The jackknife's interval; None where leaving a group out changes nothing.

    It is symmetric on the scale of the log-odds, or of the logarithm for what has no largest
    value, so that no end lies outside what the figure can be.
    """
    moves = without - value
    squares = moves**2
    spread = math.sqrt((len(moves) - 1) / len(moves) * float(squares.sum()))
    inside = value > _ROUNDING and (within is None or value < within - _ROUNDING)
    if spread < _ROUNDING or not inside:
        return None
    reach = student(freedom(moves)) * spread
    if within is None:
        factor = math.exp(min(reach / value, 700.0))
        return value / factor, value * factor
    odds = math.log(value / (within - value))
    moved = reach * within / (value * (within - value))
    low, high = (within / (1 + math.exp(-_bounded(odds + sign * moved))) for sign in (-1, 1))
    return low, high


def freedom(moves: Floats) -> float:
    """Degrees of freedom of a sum of squares whose terms are as uneven as these."""
    centred = moves - moves.mean()
    squares = centred**2
    total, groups = float(squares.sum()), len(moves)
    uneven = float((squares**2).sum()) - total**2 / groups
    found = 2 * total**2 / uneven if uneven > 0 else groups - 1
    return max(_LEAST_FREEDOM, min(found, groups - 1.0))


def student(degrees: float, tail: float = _TAIL) -> float:
    """The quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, tail))


def _bounded(odds: float) -> float:
    return max(-700.0, min(odds, 700.0))


def percentiles(
    replicates: Floats, tails: tuple[float, float] = _PERCENT
) -> tuple[Interval | None, int]:
    """The middle of a figure's replicates, and how many are defined.

    Args:
        replicates: float64 ``[replicates]``, NaN where undefined.
        tails: where it begins and ends, per cent.
    """
    defined = replicates[~np.isnan(replicates)]
    if 2 * len(defined) <= len(replicates):
        return None, len(defined)
    low, high = np.percentile(defined, tails)
    return (float(low), float(high)), len(defined)


def widened(degrees: float) -> tuple[float, float]:
    """Per cent where a middle of replicates begins and ends that is wider than 95 %.

    As much as Student's t is wider than a normal distribution (T. Hesterberg 2015).
    """
    from scipy.special import ndtr

    below = 100.0 * float(ndtr(-student(degrees)))
    return below, 100.0 - below
