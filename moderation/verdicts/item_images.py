"""Items meet their images: ready for the model, or failed for want of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from moderation.images.types import DecodedImage, ImageFailure, ImageOutcome, ImageRef, Target
from moderation.models.targets import image_targets
from moderation.models.types import ModelItem
from moderation.records.items import Item, ItemImage, RefusedImage
from moderation.storage.bundle_end import at_end
from moderation.verdicts.item_lists import FullLists
from moderation.verdicts.judgement import Failure, Judgement, absent, utc_now
from schemas.card import Card
from schemas.codes import Code, Stage
from schemas.images import ImageReport, ImageStatus
from schemas.records import IMAGE_FIELDS, Kind

FAILED = "failed"

Outcomes = Mapping[str, ImageOutcome]
"""By field."""
OutcomesOfMany = Mapping[tuple[str, str], ImageOutcome]
"""By content key and field."""


@dataclass(frozen=True, slots=True)
class ReadyItem(ModelItem):
    """An item with its pixels, and the report on each of its images."""

    reports: tuple[ImageReport, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedImages:
    """What a model takes from a kind's images."""

    targets: Mapping[str, Target]
    """Pixels by field; a field that is not named is not fetched."""
    required: frozenset[str]
    """Fields without whose image the model cannot judge."""

    @classmethod
    def of(cls, card: Card, kind: Kind) -> WantedImages:
        """As the model's card has it."""
        targets = {
            field: Target(target.height, target.width, target.resample, target.reduced_decode)
            for field, target in image_targets(card, kind).items()
        }
        required = frozenset(
            field
            for task in card.tasks_for(kind)
            if task.missing_images == "dead_letter"
            for spec in task.inputs
            if spec.source == "image"
            for field in spec.fields
        )
        return cls(targets, required)

    def requests(self, items: list[Item]) -> dict[tuple[str, str], tuple[ImageRef, Target]]:
        """What is to be fetched of distinct items, by content key and field."""
        return {
            (item.content_key, image.field): (image, self.targets[image.field])
            for item in items
            for image in item.images
            if isinstance(image, ImageRef) and image.field in self.targets
        }


@dataclass(eq=False)
class MeetImages(beam.DoFn):
    """``(list of Items, outcomes)`` → full lists of ``ReadyItem``s, the last of a bundle shorter.

    ``failed`` gets lists of ``Judgement``s with a failure.
    """

    wanted: WantedImages
    batch_size: int
    """Of a full list: as many as one call to the model takes."""
    _ready: FullLists[ReadyItem] = field(init=False)

    def start_bundle(self) -> None:
        """Forget what a failed bundle held."""
        self._ready = FullLists(self.batch_size)

    def process(self, fetched: tuple[list[Item], OutcomesOfMany]) -> Iterator[Any]:
        """Report on every image; what the model needs has to be there."""
        items, found = fetched
        by_item: dict[str, dict[str, ImageOutcome]] = {}
        for (key, name), outcome in found.items():
            by_item.setdefault(key, {})[name] = outcome
        met = [self._meet(item, by_item.get(item.content_key, {})) for item in items]
        failed = [each for each in met if isinstance(each, Judgement)]
        if failed:
            yield TaggedOutput(FAILED, failed)
        yield from self._ready.add([each for each in met if isinstance(each, ReadyItem)])

    def finish_bundle(self) -> Iterator[Any]:
        """Hand on what filled no list."""
        for items in self._ready.rest():
            yield at_end(items)

    def _meet(self, item: Item, found: Outcomes) -> ReadyItem | Judgement:
        refused = {
            image.field: ImageFailure(image.code, image.message)
            for image in item.images
            if isinstance(image, RefusedImage) and image.field in self.wanted.targets
        }
        outcomes = {**found, **refused}
        reports = _reports(item, outcomes)
        failure = _failure(self.wanted.required, outcomes)
        if failure:
            key, kind = item.content_key, item.kind
            return Judgement(key, kind, (), reports, utc_now(), failure=failure)
        pixels = {
            field: outcome.pixels
            for field, outcome in outcomes.items()
            if isinstance(outcome, DecodedImage)
        }
        return ReadyItem(item.content_key, item.kind, item.texts, pixels, reports)


def _failure(required: frozenset[str], outcomes: Outcomes) -> Failure | None:
    """Why the item cannot be judged: an image that the model needs is not there."""
    for name in sorted(required):
        outcome = outcomes.get(name)
        if outcome is None:
            message = f"{name}: the record names no image, and the model needs one"
            return Failure(Stage.FETCH, Code.NO_IMAGE, message)
        if isinstance(outcome, ImageFailure):
            message = f"{name}: {outcome.message}"
            return Failure(outcome.stage, outcome.code, message, max(outcome.attempts, 1))
    return None


def _reports(item: Item, outcomes: Outcomes) -> tuple[ImageReport, ...]:
    named = {image.field: image for image in item.images}
    return tuple(
        _report(field, named.get(field), outcomes.get(field)) for field in IMAGE_FIELDS[item.kind]
    )


def _report(field: str, image: ItemImage | None, outcome: ImageOutcome | None) -> ImageReport:
    if image is None:
        return absent(field)
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
