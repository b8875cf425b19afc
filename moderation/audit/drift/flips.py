"""What chance does to a comparison: blocks of items change sides at random.

Both runs deal their items into the same blocks, near-equal items into one. What a block adds to the
difference of two runs is, without drift, as likely of one sign as of the other; so all signs are
drawn anew, a thousand times, and each draw is a night without drift. A draw's signs are the same
for every measure, so that what hangs together stays together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from moderation.audit.drift.distances import DISTANCES, Shares
from moderation.audit.drift.families import BLOCKS
from schemas.drift import DistanceName

NIGHTS = 1_999
_SEED = 20_261
_WIDEN = np.sqrt(BLOCKS / (BLOCKS - 1))

Counts = npt.NDArray[np.int64]
"""``[blocks, bins]``."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A distance, and what it was in nights without drift."""

    name: DistanceName
    value: float
    size: float
    """What is compared with ``nights``: of a difference of shares its size over its error."""
    nights: Shares
    error: float | None = None
    """Standard error of a difference of shares."""

    @property
    def p(self) -> float:
        """Share of nights that are as far out."""
        return _p(self.size, self.nights)


def distributions(now: Counts, before: Counts, *, nights: int = NIGHTS) -> list[Drawn]:
    """PSI, Jensen–Shannon and L∞ of two runs' distributions."""
    shares, others, parts = _parted(now, before)
    least = 0.5 / max(now.sum(), before.sum())
    middle = (shares + others) / 2
    drawn = _summed(parts, nights) * _WIDEN / 2
    found = []
    for name, distance in DISTANCES.items():
        wider = (_wider() if name is DistanceName.L_INF else np.sqrt(_wider()))[:nights]
        floor = 0.0 if name is DistanceName.L_INF else least
        value = float(distance(np.maximum(shares, floor), np.maximum(others, floor)))
        one, two = middle + drawn * wider, middle - drawn * wider
        if floor:
            one, two = np.maximum(one, floor), np.maximum(two, floor)
        found.append(Drawn(name, value, value, distance(one, two)))
    return found


def shares(now: Counts, before: Counts, *, nights: int = NIGHTS) -> Drawn:
    """The difference of two shares, each of the second of two bins."""
    share, other, parts = _parted(now, before)
    difference, own = float(share[1] - other[1]), parts[:, 1]
    error = float(np.sqrt((own**2).sum())) * float(_WIDEN)
    if not error:
        return Drawn(DistanceName.DIFFERENCE, difference, 0.0, np.zeros(nights), 0.0)
    drawn = np.abs(_summed(parts, nights)[:, 1]) * _wider()[:nights, 0] * _WIDEN / error
    return Drawn(DistanceName.DIFFERENCE, difference, abs(difference) / error, drawn, error)


def p_of_night(drawn: Sequence[Drawn]) -> list[float]:
    """For each distance how often a night has any that is as far out, on a scale of its own."""
    if not drawn:
        return []
    scaled = [_scaled(each) for each in drawn]
    worst = np.max([nights for _, nights in scaled], axis=0)
    return [max(_p(size, worst), each.p) for (size, _), each in zip(scaled, drawn, strict=True)]


def _scaled(drawn: Drawn) -> tuple[float, Shares]:
    """On the normal scale, as if squares were gamma (Satterthwaite; Wilson and Hilferty)."""
    square = drawn.name in (DistanceName.L_INF, DistanceName.DIFFERENCE)
    nights = drawn.nights**2 if square else drawn.nights
    size = drawn.size**2 if square else drawn.size
    mean, spread = float(nights.mean()), float(nights.var())
    if mean <= 0 or spread <= 0:
        return -np.inf, np.full(len(nights), -np.inf)
    shape = mean**2 / spread

    def scale(value: Shares | float) -> Shares:
        return np.asarray((np.cbrt(value / mean) - 1 + 1 / (9 * shape)) * 3 * np.sqrt(shape))

    return float(scale(size)), scale(nights)


def _parted(now: Counts, before: Counts) -> tuple[Shares, Shares, Shares]:
    """Shares now and before, and ``[blocks, bins]``: what each block adds to their difference.

    Beyond what its number of items would add, and with a mean of 0.
    """
    here, there = now / now.sum(), before / before.sum()
    share, other = here.sum(0), there.sum(0)
    expected = np.outer(here.sum(1) - there.sum(1), (share + other) / 2)
    parts = here - there - expected
    return share, other, parts - parts.mean(0)


def _summed(parts: Shares, nights: int) -> Shares:
    """``[nights, bins]``: the blocks' parts under drawn signs.

    Not as a product of matrices: a library's threads take longer to meet than this takes.
    """
    return np.asarray(np.einsum("nb,bi->ni", _signs()[:nights], parts))


def _p(size: float, nights: Shares) -> float:
    return float(1 + (nights >= size - 1e-12).sum()) / (len(nights) + 1)


@cache
def _signs() -> Shares:
    """``[nights, blocks]``: 1 or -1; always the same, so that an audit is."""
    return np.asarray(2.0 * np.random.default_rng(_SEED).integers(0, 2, (NIGHTS, BLOCKS)) - 1.0)


@cache
def _wider() -> Shares:
    """``[nights, 1]``: by how much a night is wider, or narrower, as Student's t is.

    How much blocks vary is known from the blocks alone. Figures that add up many bins are less
    unsure of it than those of one; the root was found to fit (``benchmarks/drift``).
    """
    drawn = np.random.default_rng(_SEED + 1).chisquare(BLOCKS - 1, (NIGHTS, 1))
    return np.asarray(np.sqrt((BLOCKS - 1) / drawn))
