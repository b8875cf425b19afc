"""Images of the next items, fetched and decoded by threads while the model works on these.

Beam runs a fused stage one element at a time. This DoFn keeps a window of items in flight
through the image door and hands an item on only once the window is full, so that the door's
threads have work whenever the model holds the DoFn's own thread.
"""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.shared import Shared
from apache_beam.utils.windowed_value import WindowedValue

from moderation.images import metrics
from moderation.images.door import DoorOptions, DoorStats, ImageDoor
from moderation.images.types import DecodedImage, ImageFailure, ImageOutcome, ImageRef, Target
from moderation.models.types import ModelItem
from moderation.records.items import Item, RefusedImage
from moderation.verdicts.judgement import Failure, Judgement
from schemas.codes import Code, Stage
from schemas.images import ImageReport, ImageStatus
from schemas.records import IMAGE_FIELDS

READY, FAILED, FETCHING = "ready", "failed", "fetching"

_DECODE_CODES = frozenset(
    {
        Code.UNSUPPORTED_FORMAT,
        Code.TOO_MANY_PIXELS,
        Code.TRUNCATED,
        Code.CORRUPT,
        Code.DECODE_TIMEOUT,
    }
)


@dataclass(frozen=True, slots=True)
class ReadyItem(ModelItem):
    """An item with its pixels, and the report on each of its images."""

    reports: tuple[ImageReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the model takes from a kind's images."""

    targets: Mapping[str, Target]
    """Pixels by field; a field that is not named is not fetched."""
    required: frozenset[str]
    """Fields without whose image the model cannot judge."""


@dataclass(slots=True)
class _InFlight:
    item: Item
    futures: dict[str, Future[ImageOutcome]]


class PrefetchImages(beam.DoFn):
    """``Item`` → ``ReadyItem`` (``ready``) or ``Judgement`` with a failure (``failed``).

    ``fetching`` gets the door's ``DoorStats`` once a bundle.
    """

    def __init__(
        self, wanted: Wanted, options: DoorOptions, *, window: int, door: Shared | None = None
    ) -> None:
        self._wanted = wanted
        self._options = options
        self._window = window
        self._shared = door or Shared()
        self._door: ImageDoor | None = None
        self._pending: deque[_InFlight] = deque()

    def setup(self) -> None:
        """Take the process's door, or open it."""
        self._door = self._shared.acquire(lambda: ImageDoor(self._options))

    def start_bundle(self) -> None:
        """Forget what a failed bundle left in flight."""
        self._pending = deque()

    def process(self, item: Item) -> Iterator[Any]:
        """Send the item's images on their way; hand on the oldest item beyond the window."""
        self._pending.append(_InFlight(item, self._submit(item)))
        while len(self._pending) > self._window:
            yield self._settle(self._pending.popleft())

    def finish_bundle(self) -> Iterator[Any]:
        """Hand on everything still in flight, and the door's counts."""
        window = GlobalWindow()
        stamp = window.max_timestamp()
        while self._pending:
            settled = self._settle(self._pending.popleft())
            if isinstance(settled, TaggedOutput):
                value = WindowedValue(settled.value, stamp, [window])
                yield TaggedOutput(settled.tag, value)
            else:
                yield WindowedValue(settled, stamp, [window])
        assert self._door is not None
        stats = self._door.take_stats()
        metrics.report(stats)
        yield TaggedOutput(FETCHING, WindowedValue(stats, stamp, [window]))

    def _submit(self, item: Item) -> dict[str, Future[ImageOutcome]]:
        assert self._door is not None
        return {
            image.field: self._door.submit(image, self._wanted.targets[image.field])
            for image in item.images
            if isinstance(image, ImageRef) and image.field in self._wanted.targets
        }

    def _settle(self, flight: _InFlight) -> ReadyItem | TaggedOutput:
        item = flight.item
        outcomes = {field: future.result() for field, future in flight.futures.items()}
        for image in item.images:
            if isinstance(image, RefusedImage) and image.field in self._wanted.targets:
                outcomes[image.field] = ImageFailure(image.code, image.message, 0)
        reports = _reports(item, outcomes)
        failure = self._failure(outcomes)
        if failure:
            return TaggedOutput(
                FAILED,
                Judgement(item.content_key, item.kind, (), reports, utc_now(), failure=failure),
            )
        pixels = {
            field: outcome.pixels
            for field, outcome in outcomes.items()
            if isinstance(outcome, DecodedImage)
        }
        return ReadyItem(item.content_key, item.kind, item.texts, pixels, reports)

    def _failure(self, outcomes: Mapping[str, ImageOutcome]) -> Failure | None:
        """Why the item cannot be judged: an image that the model needs is not there."""
        for field in sorted(self._wanted.required):
            outcome = outcomes.get(field)
            if outcome is None:
                message = f"{field}: the record names no image, and the model needs one"
                return Failure(Stage.FETCH, Code.NO_IMAGE, message)
            if isinstance(outcome, ImageFailure):
                stage = Stage.DECODE if outcome.code in _DECODE_CODES else Stage.FETCH
                message = f"{field}: {outcome.message}"
                return Failure(stage, outcome.code, message, max(outcome.attempts, 1))
        return None


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


def utc_now() -> str:
    """The moment, as verdicts write it."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")


def _reports(item: Item, outcomes: Mapping[str, ImageOutcome]) -> tuple[ImageReport, ...]:
    named = {image.field: image for image in item.images}
    return tuple(
        _report(field, named.get(field), outcomes.get(field)) for field in IMAGE_FIELDS[item.kind]
    )


def _report(
    field: str, image: ImageRef | RefusedImage | None, outcome: ImageOutcome | None
) -> ImageReport:
    if image is None:
        return ImageReport(field=field, reference=None, status=ImageStatus.ABSENT)
    if outcome is None:
        return ImageReport(field=field, reference=image.reference, status=ImageStatus.UNUSED)
    if isinstance(outcome, ImageFailure):
        return ImageReport(
            field=field,
            reference=image.reference,
            status=ImageStatus.FAILED,
            code=outcome.code.value,
        )
    return ImageReport(
        field=field,
        reference=image.reference,
        status=ImageStatus.OK,
        sha256=outcome.sha256,
        bytes=outcome.bytes,
        width=outcome.width,
        height=outcome.height,
    )
