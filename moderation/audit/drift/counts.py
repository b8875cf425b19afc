"""Items by block and bin on their way through tallies into ``audit.json``."""

from __future__ import annotations

from moderation.audit.drift.bins import EDGES, bins_of
from moderation.audit.drift.families import BLOCKS
from moderation.audit.tally import Tally
from schemas.drift import BlockCounts, Measure

_FAMILY = "blocks"
ALL = "all"
"""What a measure is of that has no parts."""


def block_vector(tally: Tally, of: Measure, name: str) -> list[int]:
    """The counts of a measure: of block ``b`` and bin ``i`` at ``b * bins_of(of) + i``."""
    return tally.vector(_FAMILY, of.value, name, size=BLOCKS * bins_of(of))


def count_lost(tally: Tally, block: int, *, dead: bool) -> None:
    """Count something that was to be judged once, and whether it is a dead letter."""
    block_vector(tally, Measure.DEAD_LETTER, ALL)[2 * block + dead] += 1


def block_counts(tally: Tally) -> list[BlockCounts]:
    """All measures of a run, as its audit has them."""
    found = []
    for (of, name), counts in tally.vectors_of(_FAMILY).items():
        measure = Measure(of)
        bins = bins_of(measure)
        blocks = [counts[at : at + bins] for at in range(0, len(counts), bins)]
        found.append(BlockCounts(of=measure, name=name, edges=list(EDGES[measure]), blocks=blocks))
    return found
