"""Selected rows meet the limits on their source and their label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsSingleton, TaggedOutput
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from moderation.audit.tally import Tally
from moderation.datasets.export.join import DIFFERING, TALLY, differing
from moderation.datasets.export.limits import AtMost, Balanced, Highest, group_ranks, stays
from moderation.datasets.export.selecting import Why
from moderation.datasets.packing import Pack

KEPT = "kept"


class Tallying(beam.DoFn):
    """A DoFn with a tally, one a bundle under ``tally``."""

    def __init__(self) -> None:
        self._tally = Tally()

    def start_bundle(self) -> None:
        """A fresh tally, so that a retried bundle counts once."""
        self._tally = Tally()

    def finish_bundle(self) -> Iterator[TaggedOutput]:
        """The bundle's tally."""
        window = GlobalWindow()
        yield TaggedOutput(TALLY, WindowedValue(self._tally, window.max_timestamp(), [window]))

    def drop(self, row: Mapping[str, Any], why: Why) -> Iterator[TaggedOutput]:
        """A selected row that will not be in the set after all."""
        self._tally.add("verdict", why.value)
        if row["former"] is not None:
            yield from differing(
                self._tally,
                row["item_id"],
                row["kind"],
                label=None,
                previous=row["former"],
                reason=why,
            )


class RanksOf(beam.DoFn):
    """``(bucket, Pack)`` → ``{group: [rank, …]}`` by the rows' ``name``."""

    def __init__(self, name: str) -> None:
        self._name = name

    def process(self, keyed: tuple[int, Pack]) -> Iterator[dict[str, list[int]]]:
        yield group_ranks(keyed[1].open(), self._name)


class KeepWithin(Tallying):
    """``(bucket, Pack)`` → the same without the rows that their group has no place for."""

    def __init__(self, name: str, why: Why) -> None:
        super().__init__()
        self._name = name
        self._why = why

    def process(self, keyed: tuple[int, Pack], highest: Highest) -> Iterator[TaggedOutput]:
        bucket, pack = keyed
        kept = []
        for row in pack.open():
            if stays(highest, row[self._name], row["rank"]):
                kept.append(row)
            else:
                yield from self.drop(row, self._why)
        if kept:
            yield TaggedOutput(KEPT, (bucket, Pack.of(kept)))


class Limit(beam.PTransform):
    """``(bucket, Pack)`` → ``kept``, ``differing`` and ``tally``, by a limit on groups of rows.

    Args:
        name: the rows' field that names their group.
        why: what becomes of a row that has no place.
        at_most: rows of one group; None: no limit.
        balance: as many rows of each label of a kind.
    """

    def __init__(
        self, name: str, why: Why, *, at_most: int | None = None, balance: bool = False
    ) -> None:
        super().__init__()
        self._name = name
        self._why = why
        self._combine = AtMost(at_most) if at_most else Balanced() if balance else None

    def expand(self, packs: Any) -> Any:
        """Ranks first, then rows: both pass over compressed packs."""
        if self._combine is None:
            nothing = packs.pipeline | beam.Create([], reshuffle=False)
            return {KEPT: packs, DIFFERING: nothing, TALLY: nothing}
        highest = (
            packs
            | "Rank" >> beam.ParDo(RanksOf(self._name))
            | "Highest" >> beam.CombineGlobally(self._combine)
        )
        found = packs | "Keep" >> beam.ParDo(
            KeepWithin(self._name, self._why), highest=AsSingleton(highest)
        ).with_outputs(KEPT, DIFFERING, TALLY)
        return {tag: found[tag] for tag in (KEPT, DIFFERING, TALLY)}
