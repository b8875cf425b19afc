"""Selected rows meet the limits on their source and their label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsSingleton, TaggedOutput

from moderation.audit.tally_transforms import TALLY
from moderation.exports.differ import DIFFERING, Dropping
from moderation.exports.limits import AtMost, Balanced, Highest, group_ranks, stays
from moderation.exports.selection_rules import Why
from moderation.storage.packing import Pack

KEPT = "kept"


@dataclass(eq=False)
class RanksOf(beam.DoFn):
    """``(bucket, Pack)`` → ``{group: [rank, …]}`` by the rows' ``name``."""

    name: str

    def process(self, keyed: tuple[int, Pack]) -> Iterator[dict[str, list[int]]]:
        yield group_ranks(keyed[1].open(), self.name)


@dataclass(eq=False)
class KeepWithin(Dropping):
    """``(bucket, Pack)`` → the same without the rows that their group has no place for."""

    name: str
    why: Why

    def process(self, keyed: tuple[int, Pack], highest: Highest) -> Iterator[TaggedOutput]:
        bucket, pack = keyed
        kept = []
        for row in pack.open():
            if stays(highest, row[self.name], row["rank"]):
                kept.append(row)
            else:
                yield from self.drop(row, self.why)
        if kept:
            yield TaggedOutput(KEPT, (bucket, Pack.of(kept)))


@dataclass(eq=False, repr=False)
class Limit(beam.PTransform):
    """``(bucket, Pack)`` → ``kept``, ``differing`` and ``tally``, by a limit on groups of rows.

    Args:
        name: the rows' field that names their group.
        why: what becomes of a row that has no place.
        at_most: rows of one group; None: no limit.
        balance: as many rows of each label of a kind.
    """

    name: str
    why: Why
    at_most: int | None = None
    balance: bool = False

    def expand(self, packs: Any) -> Any:
        """Ranks first, then rows: both pass over compressed packs."""
        combine = self._combine()
        if combine is None:
            nothing = packs.pipeline | beam.Create([], reshuffle=False)
            return {KEPT: packs, DIFFERING: nothing, TALLY: nothing}
        highest = (
            packs
            | "Rank" >> beam.ParDo(RanksOf(self.name))
            | "Highest" >> beam.CombineGlobally(combine)
        )
        tried = packs | "Keep" >> beam.ParDo(
            KeepWithin(self.name, self.why), highest=AsSingleton(highest)
        ).with_outputs(KEPT, DIFFERING, TALLY)
        return {tag: tried[tag] for tag in (KEPT, DIFFERING, TALLY)}

    def _combine(self) -> AtMost | Balanced | None:
        if self.at_most:
            return AtMost(self.at_most)
        return Balanced() if self.balance else None
