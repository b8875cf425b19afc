"""Selected rows to splits that share no image and no nearly equal text.

Groups are those of ``moderation.datasets.groups``, by exact images and near texts: what a run's
verdicts tell without opening a picture again. Each split gets its share of each label, as far as
groups allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam

from moderation.audit.tally_transforms import TALLY, Tallying
from moderation.datasets.groups.components import Groups
from moderation.datasets.groups.group import GroupContents, GroupRules
from moderation.datasets.groups.linked_content import Content
from moderation.datasets.groups.near_texts import normal_text
from moderation.datasets.splits.assign import AssignSplits
from moderation.datasets.splits.rules import Splits
from moderation.exports.shuffle_buckets import PackRows
from moderation.storage.packing import Pack, PackBy, buckets_for, node_of, open_all
from schemas.datasets import Link
from schemas.records import TEXT_FIELDS, Kind

SPLIT = "split_rows"
UNSETTLED = "unsettled"
TEXT_SIMILARITY = 0.6
"""As ``pipelines.preprocess`` has it."""
_ROW_BYTES = 1_024
_LINKS = (Link.IMAGE, Link.TEXT, Link.NEAR_TEXT)


@dataclass(eq=False, repr=False)
class SplitRows(beam.PTransform):
    """``(bucket, Pack)`` → ``split_rows``: the same, each row with its ``split``; ``tally``."""

    splits: Splits
    rows: int
    """About how many there are."""
    buckets: int
    """Of the packs that come out."""
    several: bool = False
    """Whether a row may have a list of labels."""

    def expand(self, packs: Any) -> dict[str, Any]:
        """Rows meet the groups of their contents, groups their split."""
        parts = buckets_for(self.rows * _ROW_BYTES)
        rules = GroupRules(_LINKS, TEXT_SIMILARITY, parts)
        groups = packs | "Contents" >> beam.FlatMap(contents_of) | "Group" >> GroupContents(rules)
        rows = (
            packs
            | "Unpack" >> beam.FlatMap(_rows)
            | "PackByContent" >> beam.ParDo(PackBy(partial(_by_content, buckets=parts)))
        )
        grouped = (
            {"rows": rows, "groups": groups}
            | "MeetGroups" >> beam.CoGroupByKey()
            | "Name"
            >> beam.ParDo(_NameGroups(self.splits, several=self.several)).with_outputs(
                TALLY, main="packs"
            )
        )
        weights = packs.pipeline | "NoWeights" >> beam.Create([], reshuffle=False)
        split = (grouped["packs"], weights) | "Assign" >> AssignSplits(
            self.splits, by="label", buckets=parts, several=self.several
        )
        in_buckets = (
            split
            | "Open" >> beam.FlatMap(_by_item)
            | "PackByItem" >> beam.ParDo(PackRows(self.buckets))
            | "MeetBucket" >> beam.GroupByKey()
            | "Order" >> beam.MapTuple(_ordered)
        )
        return {SPLIT: in_buckets, TALLY: grouped[TALLY]}


def contents_of(keyed: tuple[int, Pack]) -> Iterator[Content]:
    """What rows may share, one content a row."""
    for row in keyed[1].open():
        fields = row["row"]
        texts = {normal_text(fields[name]) for name in TEXT_FIELDS[Kind(row["kind"])]} - {""}
        yield Content(_key(row), sorted(texts), [(sha256, "") for sha256 in row["pictures"]])


@dataclass(eq=False)
class _NameGroups(Tallying):
    """``(bucket, {"rows", "groups"})`` → packs of rows with their ``group``."""

    splits: Splits
    several: bool

    def process(self, joined: tuple[int, dict[str, Iterable[Any]]]) -> Iterator[Pack]:
        _, sides = joined
        groups = Groups.of(sides["groups"])
        self._tally.add(UNSETTLED, rows=groups.unsettled)
        rows = [self._named(row, groups) for row in open_all(sides["rows"])]
        if rows:
            yield Pack.of(rows)

    def _named(self, row: dict[str, Any], groups: Groups) -> dict[str, Any]:
        node = node_of(_key(row))
        root = groups.roots.get(node, node)
        row |= {"key": _key(row), "group": root, "split": self.splits.names[0]}
        if self.several:
            given = row["row"]["label"]
            row["names"] = given if isinstance(given, list) else [given]
        return row


def _key(row: dict[str, Any]) -> str:
    key: str = row["row"]["provenance"]["content_key"]
    return key


def _rows(keyed: tuple[int, Pack]) -> list[dict[str, Any]]:
    return keyed[1].open()


def _by_content(row: dict[str, Any], buckets: int) -> tuple[int, dict[str, Any]]:
    return node_of(_key(row)) % buckets, row


def _by_item(pack: Pack) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in pack.open():
        yield row["item_id"], row


def _ordered(bucket: int, packs: Iterable[Pack]) -> tuple[int, Pack]:
    rows = sorted(open_all(packs), key=lambda row: (row["rank"], row["item_id"]))
    return bucket, Pack.of(rows)
