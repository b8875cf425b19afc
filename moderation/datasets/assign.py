"""Rows to splits. By hash a row knows already; otherwise its group is asked first."""

from __future__ import annotations

from typing import Any, Literal

import apache_beam as beam
from apache_beam.pvalue import AsSingleton

from moderation.datasets.packing import PackByKey
from moderation.datasets.splits import (
    GroupVotes,
    Histograms,
    Splits,
    Strata,
    TakeSplits,
    by_column,
    stratum_of,
)


class AssignSplits(beam.PTransform):
    """Rows, split by the hash of their group → rows in the split that ``by`` wants."""

    def __init__(
        self, splits: Splits, *, by: Literal["hash", "column", "label"], buckets: int
    ) -> None:
        super().__init__()
        self._splits = splits
        self._by = by
        self._buckets = buckets

    def expand(self, rows: Any) -> Any:
        """Groups vote, rows take what came out."""
        if self._by == "hash":
            return rows
        votes = (
            rows
            | "Vote" >> beam.Map(_given if self._by == "column" else _labelled)
            | "Votes" >> beam.CombinePerKey(GroupVotes())
        )
        if self._by == "column":
            chosen = votes | "Choose" >> beam.Map(by_column, splits=self._splits)
        else:
            strata = votes | "Strata" >> beam.CombineGlobally(Histograms(self._splits))
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


def _given(row: dict[str, Any]) -> tuple[int, str]:
    return row["group"], row["given"]


def _stratum(row: dict[str, Any]) -> str:
    return f"{row['kind']}:{row['label']}"


def _labelled(row: dict[str, Any]) -> tuple[int, str]:
    return row["group"], _stratum(row)


def _stratified(group: tuple[int, Any], strata: Strata, splits: Splits) -> tuple[int, str]:
    root, votes = group
    return root, splits.by_hash(root, strata[stratum_of(votes)])


def _alone(row: dict[str, Any], strata: Strata, splits: Splits) -> dict[str, Any]:
    node = int(row["key"][:16], 16)
    bounds = strata.get(_stratum(row))
    return {**row, "alone": splits.by_hash(node, bounds)}
