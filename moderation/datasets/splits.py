"""Which split a group falls into: by its hash, stratified by label, or as a column says."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import apache_beam as beam

from moderation.datasets.packing import Pack, open_all

BINS = 4096

Strata = Mapping[str, tuple[float, ...]]
"""By stratum, where in [0, 1) a split ends."""


@dataclass(frozen=True, slots=True)
class Splits:
    """Names and shares of the splits, and the seed of the hash."""

    shares: Mapping[str, float]
    seed: int

    @property
    def names(self) -> tuple[str, ...]:
        """In the order they were given."""
        return tuple(self.shares)

    def by_hash(self, node: int, bounds: Iterable[float] | None = None) -> str:
        """The split of a group, or of a content alone."""
        ends = list(bounds) if bounds is not None else [*accumulate(self.shares.values())]
        place = bisect_right(ends[:-1], self.place(node))
        return self.names[place]

    def place(self, node: int) -> float:
        """Where a group lies in [0, 1)."""
        text = f"{self.seed}:{node:016x}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") / 2.0**64


class GroupVotes(beam.CombineFn):
    """What the rows of a group say → how many say it."""

    def create_accumulator(self) -> Counter[str]:
        return Counter()

    def add_input(self, votes: Counter[str], vote: str | Counter[str]) -> Counter[str]:
        """Add one row's."""
        votes.update([vote] if isinstance(vote, str) else vote)
        return votes

    def merge_accumulators(self, accumulators: Iterable[Counter[str]]) -> Counter[str]:
        total: Counter[str] = Counter()
        for accumulator in accumulators:
            total.update(accumulator)
        return total

    def extract_output(self, votes: Counter[str]) -> Counter[str]:
        return votes


def by_column(group: tuple[int, Counter[str]], splits: Splits) -> tuple[int, str]:
    """The split that most rows of the group name; of equal ones the last of ``--splits``.

    So of a tie between train and test, test keeps what it has.
    """
    root, votes = group
    order = {name: place for place, name in enumerate(splits.names)}
    return root, max(votes, key=lambda name: (votes[name], order[name]))


def stratum_of(votes: Counter[str]) -> str:
    """The commonest kind and label of a group; of equal ones the first by name."""
    return min(votes, key=lambda name: (-votes[name], name))


class Histograms(beam.CombineFn):
    """``(root, votes)`` → by stratum, how many rows lie in each of ``BINS`` parts of [0, 1)."""

    def __init__(self, splits: Splits) -> None:
        self._splits = splits

    def create_accumulator(self) -> dict[str, Counter[int]]:
        return {}

    def add_input(
        self, bins: dict[str, Counter[int]], group: tuple[int, Counter[str]]
    ) -> dict[str, Counter[int]]:
        """Add a group's rows."""
        root, votes = group
        place = int(self._splits.place(root) * BINS)
        bins.setdefault(stratum_of(votes), Counter())[place] += sum(votes.values())
        return bins

    def merge_accumulators(
        self, accumulators: Iterable[dict[str, Counter[int]]]
    ) -> dict[str, Counter[int]]:
        total: dict[str, Counter[int]] = {}
        for accumulator in accumulators:
            for stratum, bins in accumulator.items():
                total.setdefault(stratum, Counter()).update(bins)
        return total

    def extract_output(self, bins: dict[str, Counter[int]]) -> Strata:
        """Where each stratum's splits end."""
        return {stratum: bounds(counts, self._splits) for stratum, counts in bins.items()}


def bounds(counts: Mapping[int, int], splits: Splits) -> tuple[float, ...]:
    """Ends of the splits in [0, 1), such that each has its share of the rows, to a bin's worth."""
    total = sum(counts.values())
    wanted = [share * total for share in accumulate(splits.shares.values())]
    ends = []
    for rows in wanted[:-1]:
        so_far, end = 0, 0
        for place in sorted(counts):
            if so_far + counts[place] / 2 > rows:
                break
            so_far += counts[place]
            end = place + 1
        ends.append(end / BINS)
    return (*ends, 1.0)


class TakeSplits(beam.DoFn):
    """``(bucket, {"rows", "splits"})`` → rows with the split of their group."""

    def process(self, joined: tuple[int, dict[str, Iterable[Pack]]]) -> Iterator[dict[str, Any]]:
        _, sides = joined
        of_group = dict(open_all(sides["splits"]))
        for row in open_all(sides["rows"]):
            yield {**row, "split": of_group[row["group"]]}
