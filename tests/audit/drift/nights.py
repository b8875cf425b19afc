"""Made-up nights: items in families of copies whose scores are nearly equal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from moderation.audit.drift.bins import EDGES
from moderation.audit.drift.families import BLOCKS
from schemas.drift import BlockCounts, Measure


def scores(
    rng: np.random.Generator, families: int, *, mean: float = 4, shift: float = 0.0
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Scores of a night, and each item's family: geometric sizes, heavy-tailed log-odds."""
    sizes = rng.geometric(1 / mean, families)
    of = np.repeat(np.arange(families), sizes)
    logits = rng.standard_t(5, families)[of] * 1.5 - 2 + shift
    logits = logits + 0.02 * rng.standard_normal(len(of))
    return 1 / (1 + np.exp(-logits)), of


def blocks_of(
    values: npt.NDArray[np.float64],
    family: npt.NDArray[np.int64],
    rng: np.random.Generator,
    *,
    of: Measure = Measure.SCORE,
    name: str = "hateful.hateful",
) -> BlockCounts:
    """The counts of a night whose families are dealt into blocks."""
    edges = EDGES[of]
    dealt = rng.integers(0, BLOCKS, int(family.max()) + 1)[family]
    counts = np.zeros((BLOCKS, len(edges) + 1), dtype=int)
    np.add.at(counts, (dealt, np.searchsorted(edges, values, side="right")), 1)
    return BlockCounts(of=of, name=name, edges=list(edges), blocks=counts.tolist())


def night(rng: np.random.Generator, families: int, *, shift: float = 0.0) -> list[BlockCounts]:
    """Scores and the flag that they raise from a half on."""
    p, family = scores(rng, families, shift=shift)
    seed = int(rng.integers(1 << 30))
    flags = (p >= 0.5).astype(float)
    deal = np.random.default_rng
    return [
        blocks_of(p, family, deal(seed)),
        blocks_of(flags, family, deal(seed), of=Measure.FLAG, name="is_hateful"),
    ]
