"""Images of the next elements, fetched and decoded by threads while the model works on these.

Beam runs a fused stage one element at a time. This DoFn keeps a window of elements in flight
through the image door and hands an element on only once the window is full, so that the door's
threads have work whenever the model holds the DoFn's own thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput
from apache_beam.utils.shared import Shared

from moderation.images import metrics
from moderation.images.door import DoorOptions, DoorStats, ImageDoor
from moderation.images.types import ImageOutcome, ImageRef, Target
from moderation.storage.bundle_end import at_end

FETCHED, FETCHING = "fetched", "fetching"

Requests = Mapping[Any, tuple[ImageRef, Target]]
"""What is asked for, by a name of the caller's."""


@dataclass(eq=False)
class PrefetchImages(beam.DoFn):
    """Elements of any kind → ``(element, {name: ImageOutcome})``, in their order.

    ``fetching`` gets the door's ``DoorStats`` once a bundle.
    """

    requests: Callable[[Any], Requests]
    """Which images an element is about. Picklable."""
    options: DoorOptions
    window: int
    """Elements in flight."""
    shared: Shared = field(default_factory=Shared)
    """Of all steps that go through one door."""
    _door: ImageDoor | None = field(default=None, init=False)
    _pending: deque[tuple[Any, dict[Any, Future[ImageOutcome]]]] = field(
        default_factory=deque, init=False
    )

    def setup(self) -> None:
        """Take the process's door, or open it."""
        self._door = self.shared.acquire(lambda: ImageDoor(self.options))

    def start_bundle(self) -> None:
        """Forget what a failed bundle left in flight."""
        self._pending = deque()

    def process(self, element: Any) -> Iterator[Any]:
        """Send the element's images on their way; hand on the oldest beyond the window."""
        assert self._door is not None
        requests = self.requests(element)
        futures = {name: self._door.submit(*request) for name, request in requests.items()}
        self._pending.append((element, futures))
        while len(self._pending) > self.window:
            yield self._oldest()

    def finish_bundle(self) -> Iterator[Any]:
        """Hand on everything still in flight, and the door's counts."""
        while self._pending:
            yield at_end(self._oldest())
        assert self._door is not None
        stats = self._door.take_stats()
        metrics.report(stats)
        yield TaggedOutput(FETCHING, at_end(stats))

    def _oldest(self) -> tuple[Any, dict[Any, ImageOutcome]]:
        element, futures = self._pending.popleft()
        return element, {name: future.result() for name, future in futures.items()}


class SumDoorStats(beam.CombineFn):
    """``DoorStats`` → their sum as a JSON-able mapping."""

    def create_accumulator(self) -> DoorStats:
        """Nothing fetched."""
        return DoorStats()

    def add_input(self, accumulator: DoorStats, stats: DoorStats) -> DoorStats:
        """Add one."""
        return accumulator.merge(stats)

    def merge_accumulators(self, accumulators: Any) -> DoorStats:
        """Add all."""
        total = DoorStats()
        for accumulator in accumulators:
            total = total.merge(accumulator)
        return total

    def extract_output(self, accumulator: DoorStats) -> dict[str, Any]:
        """As the audit writes it."""
        return accumulator.as_dict()
