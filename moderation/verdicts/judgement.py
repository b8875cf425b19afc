"""What became of one distinct item: scores or a failure, and its images either way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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

    @property
    def image_missing(self) -> bool:
        """Whether an image that the record names was not shown to the model."""
        return any(image.status is ImageStatus.FAILED for image in self.images)
