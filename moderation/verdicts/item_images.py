"""Items meet their images: ready for the model, or failed for want of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from moderation.hashes.look_up import SeenPicture
from moderation.images.types import DecodedImage, ImageFailure, ImageOutcome, ImageRef, Target
from moderation.models.targets import image_targets
from moderation.models.types import ModelItem
from moderation.ocr.reader import ReadText
from moderation.ocr.types import Reading
from moderation.records.items import Item, ItemImage, RefusedImage
from moderation.storage.bundle_end import at_end
from moderation.verdicts.item_lists import FullLists
from moderation.verdicts.judgement import (
    Failure,
    Judgement,
    PictureAt,
    absent,
    picture_at,
    utc_now,
)
from moderation.verdicts.picture_look_up import (
    NO_HASHES,
    UNSHOWN,
    PictureAsker,
    PictureHashes,
    hashed,
)
from moderation.verdicts.unread import images_to_read, nothing_to_judge, reading_of
from schemas.card import Card, leaves_of
from schemas.codes import Code, Stage
from schemas.hashes import HashMatch
from schemas.images import ImageReport, ImageStatus
from schemas.records import IMAGE_FIELDS, Kind

SETTLED = "settled"

Outcomes = Mapping[str, ImageOutcome]
"""By field."""
OutcomesOfMany = Mapping[tuple[str, str], ImageOutcome]
"""By content key and field."""


@dataclass(frozen=True, slots=True)
class ReadyItem(ModelItem):
    """An item with its pixels, and the report on each of its images."""

    reports: tuple[ImageReport, ...] = ()
    reading: Reading | None = None
    """Of the text that the record has not."""
    seen: tuple[SeenPicture, ...] = ()
    """What its pictures are looked up by."""
    matches: tuple[HashMatch, ...] = ()
    """What banks know them as."""
    pictures: tuple[PictureAt, ...] = ()
    """Where they are had."""


@dataclass(frozen=True, slots=True)
class WantedImages:
    """What a model takes from a kind's images."""

    targets: Mapping[str, Target]
    """Pixels by field; a field that is not named is not fetched."""
    required: frozenset[str]
    """Fields without whose image the model cannot judge."""
    read: ReadText | None = None
    """What reads a text that a record has not; None: nothing does."""
    hashes: PictureHashes = NO_HASHES
    """What is made of every picture, whether the model looks at it or not."""
    images_alone: bool = False
    """The model takes no text: an item without a picture shows it nothing."""

    @classmethod
    def of(
        cls,
        card: Card,
        kind: Kind,
        *,
        read: ReadText | None = None,
        hashes: PictureHashes = NO_HASHES,
    ) -> WantedImages:
        """As the model's card has it."""
        targets = {
            field: Target(
                target.height,
                target.width,
                target.resample,
                target.reduced_decode,
                jpeg=target.jpeg,
            )
            for field, target in image_targets(card, kind).items()
        }
        required = frozenset(
            field
            for task in card.tasks_for(kind)
            if task.missing_images == "dead_letter"
            for spec in leaves_of(task.inputs)
            if spec.source == "image"
            for field in spec.fields
        )
        return cls(targets, required, read, hashes, images_alone=not _takes_text(card, kind))

    def requests(self, items: list[Item]) -> dict[tuple[str, str], tuple[ImageRef, Target]]:
        """What is to be fetched of distinct items, by content key and field."""
        return {
            (item.content_key, image.field): (image, target)
            for item in items
            for image in item.images
            if isinstance(image, ImageRef) and (target := self._target(item, image.field))
        }

    def _target(self, item: Item, field: str) -> Target | None:
        target = self.hashes.target(self.targets.get(field))
        if self.read is None or field not in images_to_read(item):
            return target
        target = target or UNSHOWN
        return replace(target, further=(*target.further, self.read))


@dataclass(eq=False)
class MeetImages(beam.DoFn):
    """``(list of Items, outcomes)`` → full lists of ``ReadyItem``s, the last of a bundle shorter.

    ``settled`` gets lists of ``Judgement``s that need no model: with a failure, or of pictures that
    a bank knows whose rule spares the model.
    """

    wanted: WantedImages
    batch_size: int
    """Of a full list: as many as one call to the model takes."""
    _ready: FullLists[ReadyItem] = field(init=False)
    _asker: PictureAsker | None = field(default=None, init=False)

    def start_bundle(self) -> None:
        """Forget what a failed bundle held."""
        self._ready = FullLists(self.batch_size)

    def process(self, fetched: tuple[list[Item], OutcomesOfMany]) -> Iterator[Any]:
        """Report on every image; what the model needs has to be there."""
        items, found = fetched
        by_item: dict[str, dict[str, ImageOutcome]] = {}
        for (key, name), outcome in found.items():
            by_item.setdefault(key, {})[name] = outcome
        met = [self.meet(item, by_item.get(item.content_key, {})) for item in items]
        settled = [each for each in met if isinstance(each, Judgement)]
        ready = []
        for each in self._looked_up([each for each in met if isinstance(each, ReadyItem)]):
            if self.wanted.hashes.blocks(each.matches):
                settled.append(self._blocked(each))
            else:
                ready.append(each)
        if settled:
            yield TaggedOutput(SETTLED, settled)
        yield from self._ready.add(ready)

    def finish_bundle(self) -> Iterator[Any]:
        """Hand on what filled no list."""
        for items in self._ready.rest():
            yield at_end(items)

    def _looked_up(self, items: list[ReadyItem]) -> list[ReadyItem]:
        if self.wanted.hashes.look_up is None:
            return items
        if self._asker is None:
            self._asker = PictureAsker(self.wanted.hashes)
        found = self._asker.matches([item.seen for item in items])
        return [replace(item, matches=some) for item, some in zip(items, found, strict=True)]

    def _blocked(self, item: ReadyItem) -> Judgement:
        return Judgement(
            content_key=item.content_key,
            kind=item.kind,
            modalities=(),
            images=item.reports,
            scored_at=utc_now(),
            reading=item.reading,
            looked_up=self.wanted.hashes.signature,
            matches=item.matches,
        )

    def meet(self, item: Item, found: Outcomes) -> ReadyItem | Judgement:
        """An item with the outcomes of its images, by field; a judgement where no model can."""
        targets, unread = self.wanted.targets, images_to_read(item)
        refused = {
            image.field: ImageFailure(image.code, image.message)
            for image in item.images
            if isinstance(image, RefusedImage) and (image.field in targets or image.field in unread)
        }
        outcomes = {**found, **refused}
        reports = _reports(item, outcomes, self.wanted)
        key, kind, now = item.content_key, item.kind, utc_now()
        required = self.wanted.required.union(unread)
        if self.wanted.images_alone and not any(_is_had(outcomes.get(each)) for each in targets):
            required = required.union(targets)
        if failure := _failure(required, outcomes):
            return Judgement(key, kind, (), reports, now, failure=failure)
        readings = {text: reading_of(outcomes[image]) for image, text in unread.items()}
        reading = next(iter(readings.values()), None)
        if not targets and (failure := nothing_to_judge(readings)):
            return Judgement(key, kind, (), reports, now, failure=failure, reading=reading)
        pixels = {
            field: outcome.pixels
            for field, outcome in outcomes.items()
            if isinstance(outcome, DecodedImage) and field in targets
        }
        read = {text: each.text or "" for text, each in readings.items()}
        texts, seen = {**item.texts, **read}, self.wanted.hashes.seen(outcomes)
        refs = tuple(
            [
                picture_at(image)
                for image in item.images
                if image.field in pixels and isinstance(image, ImageRef)
            ]
        )
        return ReadyItem(key, kind, texts, pixels, reports, reading, seen, pictures=refs)


def _takes_text(card: Card, kind: Kind) -> bool:
    leaves = (spec for task in card.tasks_for(kind) for spec in leaves_of(task.inputs))
    return any(spec.source in ("text", "tokens") for spec in leaves)


def _is_had(outcome: ImageOutcome | None) -> bool:
    return isinstance(outcome, DecodedImage)


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


def _reports(item: Item, outcomes: Outcomes, wanted: WantedImages) -> tuple[ImageReport, ...]:
    named = {image.field: image for image in item.images}
    reports = []
    for name in IMAGE_FIELDS[item.kind]:
        outcome = outcomes.get(name)
        report = _report(name, named.get(name), outcome)
        if name not in wanted.targets and report.status is not ImageStatus.ABSENT:
            report = report.model_copy(update={"status": ImageStatus.UNUSED})
        reports.append(hashed(report, outcome) if wanted.hashes.write else report)
    return tuple(reports)


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
