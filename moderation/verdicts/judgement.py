"""What became of one distinct item: scores or a failure, and its images either way."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from moderation.images.types import ImageRef
from moderation.ocr.types import Ending, Reading
from schemas.codes import Code, Stage
from schemas.hashes import HashMatch
from schemas.images import ImageReport, ImageStatus
from schemas.records import Kind
from schemas.verdicts import TextSource

_ABSENT, _FAILED = ImageStatus.ABSENT, ImageStatus.FAILED
_KINDS = {kind.value: kind for kind in Kind}
_REST = ("code", "sha256", "bytes", "width", "height", "pdq", "pdq_quality")
"""Fields of an image report, which an image that is absent has not."""


PictureAt = tuple[str, str, str, str | None]
"""An ``ImageRef``'s values: it crosses a shuffle with each item, and few are looked at."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no scores."""

    stage: Stage
    code: Code
    message: str
    attempts: int = 1


class Origin(NamedTuple):
    """Where a judgement was carried over from."""

    scored_in: str
    """Id of the run whose model answered."""
    taken_from: str
    """Path of the run that had it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The model's answer about one item. It crosses a shuffle: small, and no pixels."""

    content_key: str
    kind: Kind
    modalities: tuple[str, ...]
    images: tuple[ImageReport, ...]
    scored_at: str
    probabilities: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """By task, calibrated, in the order of the task's labels; empty with a failure, and where
    a bank spared the model."""
    failure: Failure | None = None
    origin: Origin | None = None
    """Of a judgement that another run made."""
    counted: bool = False
    """Whether rows of the item went before, in an earlier slice of the run."""
    reading: Reading | None = None
    """Of the text that its records have not; None: they have it."""
    looked_up: str = ""
    """Signature of the banks that its pictures were looked up in; empty: in none."""
    matches: tuple[HashMatch, ...] = ()
    """What the banks know its pictures as."""
    pictures: tuple[PictureAt, ...] = field(default=(), compare=False)
    """Where those that the model was shown can be had again, within the run; not stored, for there
    are secrets in addresses."""

    @property
    def reused(self) -> bool:
        """Whether another run made it."""
        return self.origin is not None

    def pack(self) -> tuple[Any, ...]:
        """As plain values, which Beam encodes natively."""
        return (
            self.content_key,
            self.pictures,
            *self._said(),
            self.origin and tuple(self.origin),
            self.counted,
        )

    @classmethod
    def unpack(cls, packed: tuple[Any, ...]) -> Judgement:
        """What ``pack`` was called on."""
        key, pictures, *said, origin, counted = packed
        made = cls._of(key, said, pictures)
        if origin or counted:
            return replace(made, origin=origin and Origin(*origin), counted=counted)
        return made

    def stored(self) -> bytes:
        """What the item's content key leads to in a journal: what the model said of it."""
        return self.stored_of(self.pack())

    @staticmethod
    def stored_of(packed: tuple[Any, ...]) -> bytes:
        """The same from what ``pack`` gave."""
        return to_json(packed[2:-2])

    @classmethod
    def of_stored(cls, content_key: str, data: bytes) -> Judgement:
        """What ``stored`` was called on.

        Raises:
            ValueError: it is not what this version stores.
        """
        said = from_json(data)
        try:
            return cls._of(content_key, said)
        except (TypeError, LookupError, AttributeError) as error:
            raise ValueError(f"no judgement: {error}") from error

    def _said(self) -> tuple[Any, ...]:
        failure = self.failure
        return (
            self.kind.value,
            self.modalities,
            [*map(_values, self.images)],
            self.scored_at,
            dict(self.probabilities),
            failure
            and (failure.stage.value, failure.code.value, failure.message, failure.attempts),
            self.reading and (self.reading.ending.value, self.reading.text, self.reading.score),
            self.looked_up,
            [match.model_dump(mode="json") for match in self.matches],
        )

    @classmethod
    def _of(cls, key: str, said: Sequence[Any], pictures: tuple[PictureAt, ...] = ()) -> Judgement:
        kind, modalities, images, scored_at, probabilities, failure, *more = said
        reading, looked_up, matches = more
        return cls(
            content_key=key,
            kind=_KINDS[kind],
            modalities=tuple(modalities),
            images=tuple([_image(*image) for image in images]),
            scored_at=scored_at,
            probabilities={name: tuple(scores) for name, scores in probabilities.items()},
            failure=failure and Failure(Stage(failure[0]), Code(failure[1]), *failure[2:]),
            reading=reading and Reading(Ending(reading[0]), *reading[1:]),
            looked_up=looked_up,
            matches=tuple([HashMatch.model_validate(match) for match in matches]),
            pictures=pictures,
        )

    def at(self, refs: Iterable[ImageRef]) -> Judgement:
        """The judgement, with where its pictures can be had again among an item's."""
        had = {image.field for image in self.images if image.status is ImageStatus.OK}
        pictures = tuple([picture_at(ref) for ref in refs if ref.field in had])
        return replace(self, pictures=pictures) if pictures else self

    @property
    def text_source(self) -> TextSource | None:
        """Where the text came from that was judged; None: nothing could be read."""
        if self.reading is None:
            return TextSource.RECORD
        return TextSource.OCR if self.reading.ending is Ending.READ else None

    @property
    def image_missing(self) -> bool:
        """Whether an image that the record names was not shown to the model."""
        return any(image.status is _FAILED for image in self.images)


def picture_at(ref: ImageRef) -> PictureAt:
    """Where a picture is had."""
    return ref.field, ref.reference, ref.location, ref.root


def utc_now() -> str:
    """The moment, as verdicts write it."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")


@cache
def absent(field: str) -> ImageReport:
    """The report on an image that a record does not name."""
    return ImageReport(field=field, reference=None, status=ImageStatus.ABSENT)


def image_of(*, status: str, **values: Any) -> ImageReport:
    """An image report from plain values, which one of ours wrote."""
    if status == ImageStatus.ABSENT.value:
        return absent(values["field"])
    return ImageReport.model_construct(status=ImageStatus(status), **values)


def _values(image: ImageReport) -> tuple[Any, ...]:
    if image.status is _ABSENT:
        return (image.field,)
    return (image.field, image.reference, image.status.value, *(getattr(image, n) for n in _REST))


def _image(field: str, *values: Any) -> ImageReport:
    if not values:
        return absent(field)
    reference, status, *rest = values
    named = dict(zip(_REST, rest, strict=True))
    return image_of(status=status, field=field, reference=reference, **named)
