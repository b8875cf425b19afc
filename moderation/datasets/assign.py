"""Rows to splits: by the hash of their group, by what it is labelled, by what a column says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import apache_beam as beam
from apache_beam.pvalue import AsSingleton
from apache_beam.transforms.combiners import Count, Top

from moderation.datasets.packing import PackByKey, node_of
from moderation.datasets.splits import (
    MOST_LARGE,
    GroupVotes,
    Splits,
    Strata,
    Stratify,
    TakeSplits,
    by_column,
    place_large,
    stratum_of,
)


class AssignSplits(beam.PTransform):
    """``(rows, weights)``, rows split by the hash of their group → rows as ``by`` wants them.

    Weights are ``(group, rows)`` of groups with more than one row.
    """

    def __init__(
        self, splits: Splits, *, by: Literal["hash", "column", "label"], buckets: int
    ) -> None:
        super().__init__()
        self._splits = splits
        self._by = by
        self._buckets = buckets

    def expand(self, both: tuple[Any, Any]) -> Any:
        """Groups vote, rows take what came out."""
        rows, weights = both
        if self._by == "hash":
            return rows | "TakeLarge" >> beam.Map(_large, chosen=self._large(rows, weights))
        votes = (
            rows
            | "Vote" >> beam.Map(_given if self._by == "column" else _labelled)
            | "Votes" >> beam.CombinePerKey(GroupVotes())
        )
        if self._by == "column":
            chosen = votes | "Choose" >> beam.Map(by_column, splits=self._splits)
        else:
            strata = votes | "Strata" >> beam.CombineGlobally(Stratify(self._splits))
            chosen = votes | "Choose" >> beam.Map(
                _stratified, strata=AsSingleton(strata), splits=self._splits
            )
            rows = rows | "Alone" >> beam.Map(
                _alone, strata=AsSingleton(strata), splits=self._splits
            )
        sides = {
            "rows": rows
            | "ByGroup" >> beam.Map(lambda row, n: (row["group"] % n, row), n=self._buckets)
            | "PackRows" >> beam.ParDo(PackByKey()),
            "splits": chosen
            | "ChosenByGroup" >> beam.Map(lambda one, n: (one[0] % n, list(one)), n=self._buckets)
            | "PackChosen" >> beam.ParDo(PackByKey()),
        }
        return sides | "Meet" >> beam.CoGroupByKey() | "Take" >> beam.ParDo(TakeSplits())

    def _large(self, rows: Any, weights: Any) -> AsSingleton:
        """The groups that the hash alone must not place."""
        largest = (
            weights
            | "Weigh" >> beam.CombinePerKey(sum)
            | "Turn" >> beam.Map(lambda weight: (weight[1], weight[0]))
            | "Largest" >> Top.Of(MOST_LARGE)
        )
        total = rows | "Total" >> Count.Globally()
        return AsSingleton(
            largest
            | "Place" >> beam.Map(place_large, total=AsSingleton(total), splits=self._splits)
        )


def _given(row: dict[str, Any]) -> tuple[int, str]:
    return row["group"], row["given"]


def _stratum(row: dict[str, Any]) -> str:
    return f"{row['kind']}:{row['label']}"


def _labelled(row: dict[str, Any]) -> tuple[int, str]:
    return row["group"], _stratum(row)


def _large(row: dict[str, Any], chosen: Mapping[int, str]) -> dict[str, Any]:
    name = chosen.get(row["group"])
    return row if name is None else {**row, "split": name}


def _stratified(
    group: tuple[int, Any], strata: Mapping[str, Strata], splits: Splits
) -> tuple[int, str]:
    root, votes = group
    stratum = strata[stratum_of(votes)]
    return root, stratum.large.get(root) or splits.by_hash(root, stratum.bounds)


def _alone(row: dict[str, Any], strata: Mapping[str, Strata], splits: Splits) -> dict[str, Any]:
    stratum = strata.get(_stratum(row))
    bounds = stratum.bounds if stratum else None
    return {**row, "alone": splits.by_hash(node_of(row["key"]), bounds)}
