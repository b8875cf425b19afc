"""Two runs' counts → figures of their difference, and which of them are alarms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from moderation.audit.drift.bins import SHARE_EDGES
from moderation.audit.drift.distances import is_large, odds_differ
from moderation.audit.drift.families import BLOCKS
from moderation.audit.drift.flips import NIGHTS, Counts, Drawn, distributions, p_of_night, shares
from schemas.drift import BlockCounts, Compared, Distance, DistanceName

FALSE_ALARMS = 0.01
"""Of nights without drift, how many have an alarm at most."""
LEAST_ITEMS = 50
"""With fewer on a side nothing is compared."""
_T_95 = 1.998
"""Student's t with one degree of freedom less than there are blocks."""


class Comparison(NamedTuple):
    """What two runs have in common, compared, and the rest."""

    measures: list[Compared]
    not_compared: list[str]


class _Side(NamedTuple):
    now: BlockCounts
    counts: Counts
    before: Counts
    drawn: list[Drawn]


def compare(
    now: Sequence[BlockCounts], before: Sequence[BlockCounts], *, nights: int = NIGHTS
) -> Comparison:
    """Every measure that both runs have.

    Args:
        now: of a run.
        before: of an earlier one.
        nights: without drift, that are drawn; up to ``NIGHTS``.
    """
    earlier = {(each.of, each.name): each for each in before}
    sides, not_compared = [], []
    for each in now:
        other = earlier.pop((each.of, each.name), None)
        found = _side(each, other, nights)
        if isinstance(found, str):
            not_compared.append(f"{each.words}: {found}")
        else:
            sides.append(found)
    not_compared += [f"{each.words}: this run has none" for each in earlier.values()]
    flat = [drawn for side in sides for drawn in side.drawn]
    of_night = iter(p_of_night(flat))
    return Comparison([_compared(side, of_night) for side in sides], not_compared)


def _side(now: BlockCounts, before: BlockCounts | None, nights: int) -> _Side | str:
    """Both runs' counts with their distances; else why there are none."""
    if before is None:
        return "the baseline has none"
    if (
        before.edges != now.edges
        or len(before.blocks) != len(now.blocks)
        or (len(now.blocks) != BLOCKS)
    ):
        return "the baseline was counted in other bins"
    counts, other = np.array(now.blocks), np.array(before.blocks)
    fewest = min(counts.sum(), other.sum())
    if fewest < LEAST_ITEMS:
        return f"{fewest:,} items on one side, {LEAST_ITEMS} are needed"
    if now.edges == list(SHARE_EDGES):
        return _Side(now, counts, other, [shares(counts, other, nights=nights)])
    return _Side(now, counts, other, distributions(counts, other, nights=nights))


def _compared(side: _Side, of_night: Iterable[float]) -> Compared:
    items, items_before = int(side.counts.sum()), int(side.before.sum())
    is_share = side.drawn[0].name is DistanceName.DIFFERENCE
    share = float(side.counts[:, 1].sum() / items) if is_share else None
    share_before = float(side.before[:, 1].sum() / items_before) if is_share else None
    least = 0.5 / max(items, items_before)
    distances = []
    for drawn, p_night in zip(side.drawn, of_night, strict=False):
        if share is not None and share_before is not None:
            large = odds_differ(share, share_before, least=least)
        else:
            large = is_large(drawn.name, drawn.value)
        distances.append(_distance(drawn, p_night, large=large))
    return Compared(
        of=side.now.of,
        name=side.now.name,
        items=items,
        items_before=items_before,
        share=share,
        share_before=share_before,
        distances=distances,
    )


def _distance(drawn: Drawn, p_night: float, *, large: bool) -> Distance:
    interval = None
    if drawn.error is not None:
        reach = _T_95 * drawn.error
        interval = (drawn.value - reach, drawn.value + reach)
    return Distance(
        name=drawn.name,
        value=drawn.value,
        interval_95=interval,
        p=drawn.p,
        p_of_night=p_night,
        large=large,
        alarm=bool(large and p_night <= FALSE_ALARMS),
    )
