"""What workers' meters have, on its way to the audit and to the engine's own metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from moderation.audit.profile import FAMILY
from moderation.audit.tally import Tally
from moderation.profiling.meter import ITEMS, STAGE, WHOLE, Key, meter
from moderation.storage.bundle_end import at_end

NAMESPACE = "profile"


@dataclass(eq=False)
class TakeProfile(beam.DoFn):
    """Elements of any kind → a ``Tally`` a bundle, with what its process spent since the last."""

    run_id: str

    def setup(self) -> None:
        """A worker measures from its first word of the run."""
        meter.begin(self.run_id)

    def process(self, _: Any) -> tuple[()]:
        """Elements only bring the bundle here."""
        return ()

    def finish_bundle(self) -> Iterator[Any]:
        """What the meter has."""
        tally, taken = Tally(), meter.take()
        for key, number in taken.items():
            tally.add(FAMILY, *key, rows=number)
        report(taken)
        yield at_end(tally)


def report(taken: Mapping[Key, int]) -> None:
    """Add to the metrics of the step that this is called in.

    ``STAGE_clock_ms`` and ``STAGE_processor_ms`` are distributions over bundles;
    ``STAGE_items`` and what encoders did are counters.
    """
    from apache_beam.metrics import Metrics

    for key, number in taken.items():
        name = "_".join(key[1:]) if key[0] == STAGE else "_".join(key)
        if key[0] in (STAGE, WHOLE) and key[-1] != ITEMS:
            Metrics.distribution(NAMESPACE, f"{name}_ms").update(number // 1_000_000)
        else:
            Metrics.counter(NAMESPACE, name).inc(number)
