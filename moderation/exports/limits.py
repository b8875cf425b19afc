"""Limits on how many rows of a source or a label enter: by rank, exactly, in a few bytes a row.

Every row has a rank: 64 bits that depend on its item id alone, reviewed rows before
pseudo-labelled ones. A group that is too large keeps its lowest ranks, so the same items stay
whatever the engine, and a larger limit keeps all that a smaller one kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np
from numpy.typing import NDArray

from moderation.storage.packing import digest64

Ranks = dict[str, NDArray[np.uint64]]
Highest = Mapping[str, int]
"""By group, the highest rank that stays; a group that is not named stays whole."""


def rank_of(item_id: str, *, pseudo: bool) -> int:
    """A row's place in every queue."""
    return (int(pseudo) << 63) | (digest64(item_id) >> 1)


def stays(highest: Highest, group: str, rank: int) -> bool:
    """Whether a row is among those that its group keeps."""
    return group not in highest or rank <= highest[group]


class _Ranks(beam.CombineFn):
    """``{group: [rank, …]}`` → ``Highest``."""

    def create_accumulator(self) -> Ranks:
        return {}

    def add_input(self, accumulator: Ranks, groups: Mapping[str, Iterable[int]]) -> Ranks:
        for group, ranks in groups.items():
            more = np.fromiter(ranks, dtype=np.uint64)
            held = accumulator.get(group)
            accumulator[group] = self._keep(more if held is None else np.append(held, more))
        return accumulator

    def merge_accumulators(self, accumulators: Iterable[Ranks]) -> Ranks:
        total: Ranks = {}
        for accumulator in accumulators:
            for group, ranks in accumulator.items():
                held = total.get(group)
                total[group] = self._keep(ranks if held is None else np.append(held, ranks))
        return total

    def extract_output(self, accumulator: Ranks) -> dict[str, int]:
        raise NotImplementedError

    def _keep(self, ranks: NDArray[np.uint64]) -> NDArray[np.uint64]:
        return ranks


@dataclass(eq=False)
class AtMost(_Ranks):
    """The highest rank of each group that leaves it ``rows`` rows; at most that many are held."""

    rows: int

    def extract_output(self, accumulator: Ranks) -> dict[str, int]:
        """Groups with as many rows as may stay."""
        return {
            group: int(ranks.max())
            for group, ranks in accumulator.items()
            if len(ranks) == self.rows
        }

    def _keep(self, ranks: NDArray[np.uint64]) -> NDArray[np.uint64]:
        if len(ranks) <= self.rows:
            return ranks
        return np.partition(ranks, self.rows - 1)[: self.rows]


class Balanced(_Ranks):
    """The highest rank of each label that leaves every label of its kind as many rows.

    Groups are ``kind/label``. Holds 8 bytes a row.
    """

    def extract_output(self, accumulator: Ranks) -> dict[str, int]:
        """One entry a label."""
        smallest: dict[str, int] = {}
        for group, ranks in accumulator.items():
            kind = group.partition("/")[0]
            smallest[kind] = min(smallest.get(kind, len(ranks)), len(ranks))
        return {
            group: int(np.partition(ranks, rows - 1)[rows - 1])
            for group, ranks in accumulator.items()
            if (rows := smallest[group.partition("/")[0]])
        }


def label_group(kind: str, label: str) -> str:
    """The group that ``Balanced`` takes."""
    return f"{kind}/{label}"


def group_ranks(rows: Iterable[Mapping[str, Any]], name: str) -> dict[str, list[int]]:
    """Ranks of selected rows by the group under ``name``."""
    groups: dict[str, list[int]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row["rank"])
    return groups
