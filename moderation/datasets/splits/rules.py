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

from moderation.storage.packing import Pack, open_all

BINS = 4096
LARGE = 0.25
MOST_LARGE = 256


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


@dataclass(frozen=True, slots=True)
class Strata:
    """How the groups of one stratum are split: the large ones by name, the others by hash."""

    large: Mapping[int, str]
    bounds: tuple[float, ...]
    """Where in [0, 1) a split ends."""


def place_large(groups: Iterable[tuple[int, int]], total: int, splits: Splits) -> dict[int, str]:
    """Splits of the groups that are too large to be left to chance.

    A group with more rows than ``LARGE`` of what the smallest split is to have would upset the
    shares. Such groups go, the largest first, where most of their own rows' share is still open.

    Args:
        groups: rows and root, the largest groups of all.
        total: rows altogether.
        splits: names and shares.
    """
    least = LARGE * total * min(share for share in splits.shares.values() if share)
    large = sorted((-rows, root) for rows, root in groups if rows > least)
    held = -sum(rows for rows, _ in large)
    room = {name: share * held for name, share in splits.shares.items() if share}
    chosen = {}
    for rows, root in large:
        name = max(room, key=lambda split: room[split])
        room[name] += rows
        chosen[root] = name
    return chosen


@dataclass(eq=False)
class Stratify(beam.CombineFn):
    """``(root, votes)`` → ``Strata`` by stratum: each split gets its share of each of them.

    What it holds is bounded: the largest groups and ``BINS`` counts a stratum.
    """

    splits: Splits

    def create_accumulator(self) -> dict[str, Any]:
        return {}

    def add_input(self, strata: Any, group: tuple[int, Counter[str]]) -> Any:
        """Add a group's rows."""
        root, votes = group
        held = strata.setdefault(stratum_of(votes), ([], Counter()))
        held[0].append((votes.total(), root))
        if len(held[0]) > 4 * MOST_LARGE:
            self._settle(held)
        return strata

    def merge_accumulators(self, accumulators: Iterable[Any]) -> Any:
        total: dict[str, Any] = {}
        for accumulator in accumulators:
            for stratum, (groups, bins) in accumulator.items():
                held = total.setdefault(stratum, ([], Counter()))
                held[0].extend(groups)
                held[1].update(bins)
                self._settle(held)
        return total

    def extract_output(self, strata: Any) -> dict[str, Strata]:
        """Where each stratum's groups go."""
        by_stratum = {}
        for stratum, held in strata.items():
            self._settle(held)
            groups, bins = held
            total = sum(rows for rows, _ in groups) + bins.total()
            large = place_large(groups, total, self.splits)
            small = Counter(bins)
            for rows, root in groups:
                if root not in large:
                    small[self._bin(root)] += rows
            by_stratum[stratum] = Strata(large, bounds(small, self.splits))
        return by_stratum

    def _settle(self, held: tuple[list[tuple[int, int]], Counter[int]]) -> None:
        """Keep the largest groups by name, the others as counts."""
        groups, bins = held
        groups.sort(key=lambda group: (-group[0], group[1]))
        for rows, root in groups[MOST_LARGE:]:
            bins[self._bin(root)] += rows
        del groups[MOST_LARGE:]

    def _bin(self, root: int) -> int:
        return int(self.splits.place(root) * BINS)


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
    """``(bucket, {"rows", "splits"})`` → packs of rows with the split of their group."""

    def process(self, joined: tuple[int, dict[str, Iterable[Pack]]]) -> Iterator[Pack]:
        _, sides = joined
        of_group = dict(open_all(sides["splits"]))
        for pack in sides["rows"]:
            yield Pack.of([{**row, "split": of_group[row["group"]]} for row in pack.open()])
