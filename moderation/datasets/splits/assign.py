"""Rows to splits: by the hash of their group, by what it is labelled, by what a column says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import apache_beam as beam
from apache_beam.pvalue import AsDict, AsSingleton
from apache_beam.transforms.combiners import Top

from moderation.datasets.splits.rules import (
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
from moderation.storage.packing import Pack, PackBy, node_of


@dataclass(eq=False, repr=False)
class AssignSplits(beam.PTransform):
    """``(packs, weights)``, rows split by the hash of their group → packs as ``by`` wants them.

    Rows stay packed: what waits for a side input lies in memory on some engines. Weights are
    ``(group, rows)`` of groups with more than one row. ``several``: a row has any number of labels;
    by label it then counts under the rarest of them.
    """

    splits: Splits
    by: Literal["hash", "column", "label"]
    buckets: int
    several: bool = False

    def expand(self, both: tuple[Any, Any]) -> Any:
        """Groups vote, rows take what came out."""
        packs, weights = both
        if self.by == "hash":
            return packs | "TakeLarge" >> beam.Map(_large, chosen=self._large(packs, weights))
        rows = packs | "Unpack" >> beam.FlatMap(Pack.open)
        counts = self._label_counts(rows)
        votes = (
            rows
            | "Vote" >> (beam.Map(_given) if self.by == "column" else beam.Map(_labelled, counts))
            | "Votes" >> beam.CombinePerKey(GroupVotes())
        )
        if self.by == "column":
            chosen = votes | "Choose" >> beam.Map(by_column, splits=self.splits)
        else:
            strata = votes | "Strata" >> beam.CombineGlobally(Stratify(self.splits))
            chosen = votes | "Choose" >> beam.Map(
                _stratified, strata=AsSingleton(strata), splits=self.splits
            )
            rows = packs | "Alone" >> beam.FlatMap(
                _alone, counts, strata=AsSingleton(strata), splits=self.splits
            )
        sides = {
            "rows": rows
            | "PackRows" >> beam.ParDo(PackBy(partial(_row_by_group, buckets=self.buckets))),
            "splits": chosen
            | "PackChosen" >> beam.ParDo(PackBy(partial(_split_by_group, buckets=self.buckets))),
        }
        return sides | "Meet" >> beam.CoGroupByKey() | "Take" >> beam.ParDo(TakeSplits())

    def _label_counts(self, rows: Any) -> Any:
        """Rows by kind and label, for rows that have several: their rarest one is what counts."""
        if not self.several or self.by != "label":
            return {}
        return AsDict(
            rows
            | "Name" >> beam.FlatMap(_names)
            | "CountNames" >> beam.combiners.Count.PerElement()
        )

    def _large(self, packs: Any, weights: Any) -> AsSingleton:
        """The groups that the hash alone must not place."""
        largest = (
            weights
            | "Weigh" >> beam.CombinePerKey(sum)
            | "Turn" >> beam.Map(lambda weight: (weight[1], weight[0]))
            | "Largest" >> Top.Of(MOST_LARGE)
        )
        total = (
            packs
            | "Rows" >> beam.Map(lambda pack: pack.rows)
            | "Total" >> beam.CombineGlobally(sum)
        )
        return AsSingleton(
            largest | "Place" >> beam.Map(place_large, total=AsSingleton(total), splits=self.splits)
        )


def _row_by_group(row: dict[str, Any], buckets: int) -> tuple[int, dict[str, Any]]:
    return row["group"] % buckets, row


def _split_by_group(chosen: tuple[int, Any], buckets: int) -> tuple[int, list[Any]]:
    return chosen[0] % buckets, list(chosen)


def _given(row: dict[str, Any]) -> tuple[int, str]:
    return row["group"], row["given"]


def _names(row: dict[str, Any]) -> list[str]:
    return [f"{row['kind']}:{name}" for name in row["names"]]


def _stratum(row: dict[str, Any], counts: Mapping[str, int]) -> str:
    if "names" not in row:
        return f"{row['kind']}:{row['label']}"
    return min(_names(row), key=lambda name: (counts[name], name), default=f"{row['kind']}:")


def _labelled(row: dict[str, Any], counts: Mapping[str, int]) -> tuple[int, str]:
    return row["group"], _stratum(row, counts)


def _large(pack: Pack, chosen: Mapping[int, str]) -> Pack:
    if not chosen:
        return pack
    rows = pack.open()
    for row in rows:
        row["split"] = chosen.get(row["group"], row["split"])
    return Pack.of(rows)


def _stratified(
    group: tuple[int, Any], strata: Mapping[str, Strata], splits: Splits
) -> tuple[int, str]:
    root, votes = group
    stratum = strata[stratum_of(votes)]
    return root, stratum.large.get(root) or splits.by_hash(root, stratum.bounds)


def _alone(
    pack: Pack, counts: Mapping[str, int], strata: Mapping[str, Strata], splits: Splits
) -> Iterator[dict[str, Any]]:
    for row in pack.open():
        stratum = strata.get(_stratum(row, counts))
        bounds = stratum.bounds if stratum else None
        yield {**row, "alone": splits.by_hash(node_of(row["key"]), bounds)}
