"""Items meet their images: ready for the model, or failed for want of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from moderation.images.types import DecodedImage, ImageFailure, ImageOutcome, ImageRef, Target
from moderation.models.targets import image_targets
from moderation.models.types import ModelItem
from moderation.records.items import Item, ItemImage, RefusedImage
from moderation.verdicts.judgement import Failure, Judgement, absent, utc_now
from schemas.card import Card
from schemas.codes import Code, Stage
from schemas.images import ImageReport, ImageStatus
from schemas.records import IMAGE_FIELDS, Kind

FAILED = "failed"

Outcomes = Mapping[str, ImageOutcome]
"""By field."""


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

    def requests(self, item: Item) -> dict[str, tuple[ImageRef, Target]]:
        """What is to be fetched of an item, by field."""
        return {
            image.field: (image, self.targets[image.field])
            for image in item.images
            if isinstance(image, ImageRef) and image.field in self.targets
        }


@dataclass(eq=False)
class MeetImages(beam.DoFn):
    """``(Item, outcomes)`` → ``ReadyItem``, or under ``failed`` a ``Judgement`` with a failure."""

    wanted: WantedImages

    def process(self, fetched: tuple[Item, Outcomes]) -> Iterator[ReadyItem | TaggedOutput]:
        """Report on every image; what the model needs has to be there."""
        item, found = fetched
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
            yield TaggedOutput(
                FAILED, Judgement(key, kind, (), reports, utc_now(), failure=failure)
            )
            return
        pixels = {
            field: outcome.pixels
            for field, outcome in outcomes.items()
            if isinstance(outcome, DecodedImage)
        }
        yield ReadyItem(item.content_key, item.kind, item.texts, pixels, reports)


def _failure(required: frozenset[str], outcomes: Outcomes) -> Failure | None:
    """Why the item cannot be judged: an image that the model needs is not there."""
    for field in sorted(required):
        outcome = outcomes.get(field)
        if outcome is None:
            message = f"{field}: the record names no image, and the model needs one"
            return Failure(Stage.FETCH, Code.NO_IMAGE, message)
        if isinstance(outcome, ImageFailure):
            message = f"{field}: {outcome.message}"
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
