"""Items that an audit shows: what to look at first, and what moved their scores."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict, Field

from schemas.images import ImageStatus
from schemas.policy import Decision
from schemas.records import Kind
from schemas.verdicts import TextSource


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShownBy(str, Enum):
    """Why items are among those shown. All are flagged, or in the review queue."""

    HIGHEST = "highest"
    """Raised a flag, with the highest probability first."""
    NEAREST = "nearest"
    """Within a flag's review band, nearest to its threshold first."""
    SAMPLE = "sample"
    """Of the quality sample of clear items, by content key."""


class Modality(str, Enum):
    """What an item can be asked about without."""

    IMAGE = "image"
    TEXT = "text"


class Why(_Model):
    """What becomes of one probability where the model is shown less of the item.

    A figure is null where the question has no meaning or could not be put; ``notes`` say which.
    """

    without_image: float | None = None
    """All pictures gone."""
    without_text: float | None = None
    """All texts empty."""
    first_alone: float | None = None
    """Of a tweet pair: text and picture of the second gone."""
    second_alone: float | None = None
    moved_most: Modality | None = None
    """Without which the probability is farther from what it is; null where neither is known, or
    neither moves it by 0.01."""
    notes: list[str] = Field(default_factory=list)


class ShownText(_Model):
    """One text of an item, fit to be shown."""

    field: str
    text: str
    """Control and direction signs are spelled ``⟨U+202E⟩``."""
    left_out: int = 0
    """Characters that were cut off."""


class ShownImage(_Model):
    """One picture of an item."""

    field: str
    reference: str | None
    status: ImageStatus
    code: str | None = None
    """Where ``status`` is ``failed``."""
    thumbnail: str | None = None
    """A ``data:`` URI, small and blurred."""
    lost: str | None = None
    """Why a picture that the model was shown could not be had again."""


class ShownItem(_Model):
    """One distinct item."""

    content_key: str
    item_id: str
    source: str
    row: int
    """Of the first row with this content, by source and row."""
    copies: int
    """Rows of the run with this content."""
    kind: Kind
    decision: Decision
    reasons: list[str]
    probabilities: dict[str, float]
    """By ``task.label``."""
    texts: list[ShownText]
    text_source: TextSource | None = None
    images: list[ShownImage]


class ShownScore(_Model):
    """An item in a group: the probability that brought it there."""

    content_key: str
    label: str
    """As ``task.label``."""
    probability: float
    threshold: float
    why: Why | None = None
    """Null: nobody asked."""


class ShownGroup(_Model):
    """Items that are shown for one reason, the first of them first."""

    by: ShownBy
    of: str
    """A flag; of the quality sample a kind."""
    scores: list[ShownScore]


class ShownItems(_Model):
    """Some items of a run, the same whatever order its rows came in."""

    groups: list[ShownGroup]
    items: list[ShownItem]
    """Each once, however many groups have it."""
    asked: int = 0
    """Items that the model was asked about again, with less of them."""
    answers: int = 0
    """What it said of them, one for each item and each way."""
    pictures: int = 0
    """That were had again, for the model or to be shown."""
    failure: str | None = None
    """Why nothing more is known of these items than their verdicts say."""
    redacted: bool = False
    """Whether mentions, e-mail addresses, phone numbers and links are replaced."""
