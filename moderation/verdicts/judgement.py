"""What became of one distinct item: scores or a failure, and its images either way."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.codes import Code, Stage
from schemas.images import ImageReport, ImageStatus
from schemas.records import Kind


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no scores."""

    stage: Stage
    code: Code
    message: str
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Judgement:
    """The model's answer about one item. It crosses a shuffle: small, and no pixels."""

    content_key: str
    kind: Kind
    modalities: tuple[str, ...]
    images: tuple[ImageReport, ...]
    scored_at: str
    probabilities: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """By task, calibrated, in the order of the task's labels; empty with a failure."""
    failure: Failure | None = None
    reused: bool = False

    def pack(self) -> tuple[Any, ...]:
        """As plain values, which Beam encodes natively."""
        failure = self.failure
        return (
            self.content_key,
            self.kind.value,
            self.modalities,
            [tuple(image.model_dump(mode="json").values()) for image in self.images],
            self.scored_at,
            dict(self.probabilities),
            failure
            and (failure.stage.value, failure.code.value, failure.message, failure.attempts),
            self.reused,
        )

    @classmethod
    def unpack(cls, packed: tuple[Any, ...]) -> Judgement:
        """What ``pack`` was called on."""
        key, kind, modalities, images, scored_at, probabilities, failure, reused = packed
        return cls(
            content_key=key,
            kind=Kind(kind),
            modalities=modalities,
            images=tuple(_image(*image) for image in images),
            scored_at=scored_at,
            probabilities=probabilities,
            failure=failure and Failure(Stage(failure[0]), Code(failure[1]), *failure[2:]),
            reused=reused,
        )

    @property
    def image_missing(self) -> bool:
        """Whether an image that the record names was not shown to the model."""
        return any(image.status is ImageStatus.FAILED for image in self.images)


def utc_now() -> str:
    """The moment, as verdicts write it."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")


def _image(field: str, reference: str | None, status: str, *rest: Any) -> ImageReport:
    names = ("code", "sha256", "bytes", "width", "height")
    return ImageReport.model_construct(
        field=field,
        reference=reference,
        status=ImageStatus(status),
        **dict(zip(names, rest, strict=True)),
    )
