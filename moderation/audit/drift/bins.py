"""The bins that runs are compared by: fixed, so that any two runs have them in common."""

from __future__ import annotations

from schemas.drift import Measure

SCORE_EDGES = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4),
    *(0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995),
)
"""Narrow at both ends: of most labels nearly all items lie near 0."""
TEXT_EDGES = (
    *(1, 10, 20, 40, 60, 80, 100, 120, 140, 160, 200, 240, 280),
    *(400, 600, 1_000, 2_000, 5_000, 10_000, 100_000),
)
"""Characters of an item's texts together."""
IMAGE_EDGES = (
    *(1e4, 2e4, 5e4, 1e5, 2e5, 3e5, 5e5, 7e5, 1e6, 1.5e6, 2e6, 3e6, 4e6),
    *(6e6, 8e6, 1.2e7, 1.6e7, 2.4e7, 5e7),
)
"""Pixels of a picture, as it came."""
SHARE_EDGES = (0.5,)

EDGES: dict[Measure, tuple[float, ...]] = {
    Measure.SCORE: SCORE_EDGES,
    Measure.FLAG: SHARE_EDGES,
    Measure.TEXT_LENGTH: TEXT_EDGES,
    Measure.IMAGE_SIZE: IMAGE_EDGES,
    Measure.MISSING_MODALITY: SHARE_EDGES,
    Measure.DEAD_LETTER: SHARE_EDGES,
}


def bins_of(measure: Measure) -> int:
    """How many bins a measure has."""
    return len(EDGES[measure]) + 1
