"""False alarms and power of the comparison of two nights, on made-up ones.

Items come in families of copies: sizes are geometric, and a family's items have nearly equal
scores, lengths and pictures. Two nights are drawn from one population, a thousand times: whatever
alarms is a false alarm. Then one of them is shifted.

    python -m benchmarks.drift --nights 1000 --families 2000 --copies 4
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from moderation.audit.drift.bins import EDGES
from moderation.audit.drift.compare import compare
from moderation.audit.drift.families import BLOCKS
from schemas.drift import BlockCounts, Measure

_LEVELS = (0.05, 0.01)
_SHIFTS = (0.1, 0.2, 0.4, 0.8)
_NAMES = {Measure.FLAG: "is_hateful", Measure.SCORE: "hateful.hateful"}


@dataclass(frozen=True)
class Night:
    """One night's items, as values by measure, and their scores."""

    counts: list[BlockCounts]
    scores: np.ndarray


def night(rng: np.random.Generator, families: int, copies: float, *, shift: float = 0.0) -> Night:
    """Draw a night; ``shift``: of the scores' log-odds."""
    sizes = rng.geometric(1 / copies, families)
    of, items = np.repeat(np.arange(families), sizes), int(sizes.sum())

    def near(values: np.ndarray, spread: float) -> np.ndarray:
        return values[of] + spread * rng.standard_normal(items)

    scores = stats.logistic.cdf(near(1.5 * rng.standard_t(5, families) - 2 + shift, 0.02))
    values = {
        Measure.SCORE: scores,
        Measure.FLAG: scores >= 0.5,
        Measure.TEXT_LENGTH: np.exp(near(rng.normal(4.4, 0.7, families), 0.03)),
        Measure.IMAGE_SIZE: np.exp(near(rng.normal(13, 1, families), 0.2)),
        Measure.MISSING_MODALITY: rng.random(families)[of] < 0.03,
        Measure.DEAD_LETTER: rng.random(families)[of] < 0.01,
    }
    block = rng.integers(0, BLOCKS, families)[of]
    return Night([_blocks(m, v, block) for m, v in values.items()], scores)


def _blocks(of: Measure, values: np.ndarray, block: np.ndarray) -> BlockCounts:
    edges = EDGES[of]
    counts = np.zeros((BLOCKS, len(edges) + 1), dtype=int)
    np.add.at(counts, (block, np.searchsorted(edges, values, side="right")), 1)
    name = _NAMES.get(of, "meme")
    return BlockCounts(of=of, name=name, edges=list(edges), blocks=counts.tolist())


def false_alarms(nights: int, families: int, before: int, copies: float) -> Iterator[str]:
    """How often two nights of one population differ, by measure and by night."""
    rng, found, plain, rule = np.random.default_rng(1), Counter[str](), 0, 0
    for _ in range(nights):
        now, then = night(rng, families, copies), night(rng, before, copies)
        plain += stats.ks_2samp(now.scores, then.scores).pvalue <= _LEVELS[0]
        compared = compare(now.counts, then.counts).measures
        figures = [(each.of.value, d) for each in compared for d in each.distances]
        for level in _LEVELS:
            for measure, figure in figures:
                found[f"{measure} {figure.name.value} {level}"] += figure.p <= level
            found[f"any {level}"] += min(d.p_of_night for _, d in figures) <= level
        rule += any(d.alarm for _, d in figures)
        found["psi"] += any(d.name.value == "psi" and d.value > 0.1 for _, d in figures[:3])
    yield f"{families:,} and {before:,} families of {copies:g} copies, {nights:,} nights"
    yield f"  item by item, Kolmogorov–Smirnov at 0.05: {plain / nights:.1%} of nights alarm"
    yield f"  PSI of scores above 0.1: {found['psi'] / nights:.1%}"
    for level in _LEVELS:
        yield f"  any figure of the night at {level}: {found[f'any {level}'] / nights:.1%}"
    yield f"  alarms as the run gives them: {rule / nights:.1%}"
    for key in (k for k in found if k.endswith(str(_LEVELS[0])) and not k.startswith("any")):
        name = key.rpartition(" ")[0]
        rates = [found[f"{name} {level}"] / nights for level in _LEVELS]
        yield f"    {name:32} p ≤ 0.05 {rates[0]:6.1%}   p ≤ 0.01 {rates[1]:6.1%}"


def power(nights: int, families: int, copies: float) -> Iterator[str]:
    """How often a shift of all scores is an alarm."""
    rng = np.random.default_rng(2)
    for shift in _SHIFTS:
        alarms, size = 0, 0.0
        for _ in range(nights):
            now = night(rng, families, copies, shift=shift)
            found = compare(now.counts, night(rng, families, copies).counts).measures
            alarms += any(d.alarm for each in found for d in each.distances)
            size += found[0].distances[2].value / nights
        yield (
            f"  log-odds {shift:g} higher (L∞ {size:.3f} on average): {alarms / nights:.1%} of "
            f"{nights:,} nights alarm"
        )


def main() -> int:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=1_000)
    parser.add_argument("--families", type=int, default=2_000)
    parser.add_argument("--before", type=int, default=None, help="families of the baseline")
    parser.add_argument("--copies", type=float, default=4.0)
    given = parser.parse_args()
    since = time.process_time()
    before = given.before or given.families
    for line in false_alarms(given.nights, given.families, before, given.copies):
        print(line, flush=True)
    for line in power(max(given.nights // 5, 20), given.families, given.copies):
        print(line, flush=True)
    print(f"  {time.process_time() - since:.0f} s of processor time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
