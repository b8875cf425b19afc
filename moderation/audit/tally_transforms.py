"""Transforms that tally: each bundle's tally leaves at its end, and all are added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from moderation.audit.tally import Tally
from moderation.storage.bundle_end import at_end

TALLY = "tally"


@dataclass(eq=False)
class Tallying(beam.DoFn):
    """A DoFn with a tally, one a bundle under ``tally``."""

    _tally: Tally = field(default_factory=Tally, init=False)

    def start_bundle(self) -> None:
        """A fresh tally, so that a retried bundle counts once."""
        self._tally = Tally()

    def finish_bundle(self) -> Iterator[TaggedOutput]:
        """The bundle's tally."""
        yield TaggedOutput(TALLY, at_end(self._tally))


class SumTallies(beam.CombineFn):
    """``Tally``s → their sum."""

    def create_accumulator(self) -> Tally:
        """An empty tally."""
        return Tally()

    def add_input(self, accumulator: Tally, tally: Tally) -> Tally:
        """Add one."""
        accumulator.merge(tally)
        return accumulator

    def merge_accumulators(self, accumulators: Iterable[Tally]) -> Tally:
        """Add all."""
        total = Tally()
        for accumulator in accumulators:
            total.merge(accumulator)
        return total

    def extract_output(self, accumulator: Tally) -> Tally:
        """The sum."""
        return accumulator
