"""From what each way took in each round to ratios: medians, and the least and most beside them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple


class Cost(NamedTuple):
    """Seconds a row, or of the whole where a row of the table is about a whole."""

    clock: float
    processor: float


Round = Mapping[str, Cost]
"""What each way took, one after the other."""

Compared = Callable[[Round], Cost]
"""Ratios of one round: by the clock, and by processor time."""


class Spread(NamedTuple):
    """Of the rounds."""

    median: float
    least: float
    most: float


def spread(values: Iterable[float]) -> Spread:
    """The median between the least and the most.

    Raises:
        ValueError: there are no values.
    """
    found = sorted(values)
    if not found:
        raise ValueError("a spread of no rounds")
    return Spread(statistics.median(found), found[0], found[-1])


def spreads(costs: Sequence[Cost]) -> dict[str, Spread]:
    """By the clock, and by processor time."""
    return {name: spread(getattr(cost, name) for cost in costs) for name in Cost._fields}


def best(one: Round, prefix: str) -> Cost:
    """The least of a side's settings, each measure by itself.

    Raises:
        ValueError: no way's name begins so.
    """
    found = [cost for name, cost in one.items() if name.startswith(prefix)]
    return Cost(min(each.clock for each in found), min(each.processor for each in found))


def times_as_quick(work: str, beside: str) -> Compared:
    """How many times a side needs what the other needs: more than 1 where ``work`` is quicker."""

    def compared(one: Round) -> Cost:
        ours, theirs = best(one, work), best(one, beside)
        return Cost(theirs.clock / ours.clock, theirs.processor / ours.processor)

    return compared


def share_of(work: str, beside: str) -> Compared:
    """What ``work`` takes of what ``beside`` takes: less than 1 where it is quicker."""

    def compared(one: Round) -> Cost:
        ours, theirs = best(one, work), best(one, beside)
        return Cost(ours.clock / theirs.clock, ours.processor / theirs.processor)

    return compared


def of_the_limit(work: str, model: str, features: str, *, cores: int, gpu: bool) -> Compared:
    """How near ``work`` is to what its parts cost alone; 1 where nothing is lost.

    The limit by the clock is both parts' processor seconds over the cores. With a GPU the model
    leaves the cores, and the limit is the longer of its clock and the features' share of the cores.
    """

    def compared(one: Round) -> Cost:
        parts = one[model].processor + one[features].processor
        clock = parts / cores
        if gpu:
            clock = max(one[model].clock, one[features].processor / cores)
        return Cost(clock / one[work].clock, parts / one[work].processor)

    return compared


class Target(NamedTuple):
    """What a ratio is to be, by the clock; where it says so by processor time too."""

    bound: float
    at_least: bool = True
    by_processor: bool = False

    def __str__(self) -> str:
        both = ", by both" * self.by_processor
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}{both}"

    def met(self, ratios: Mapping[str, Spread]) -> bool:
        """Whether the medians are on the right side of the bound."""
        named = ("clock", "processor") if self.by_processor else ("clock",)
        medians = [ratios[name].median for name in named]
        if self.at_least:
            return all(median >= self.bound for median in medians)
        return all(median <= self.bound for median in medians)
