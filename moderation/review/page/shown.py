"""An item as its page shows it: texts, pictures, and what is said of them.

No score and no reason: nobody is to be led by the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass

from moderation.review.page.pictures import Gone, Picture, Pictures
from moderation.review.page.texts import ShownText, shown_text
from schemas.images import ImageReport, ImageStatus
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind
from schemas.verdicts import ReviewEntry, TextSource

_WAIT_S = 1.0
"""For a picture, before the page comes without its size."""
_NAMES = {Kind.TWEET_PAIR: ("First post", "Second post"), Kind.MEME: ("Meme",)}


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture on the page."""

    field: str
    gone: str
    """Why it cannot be seen; empty where it can."""
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """A post, or the meme."""

    name: str
    text: ShownText
    has_text: bool
    read: bool
    """Whether the text was read from the picture."""
    picture: ShownPicture | None
    """None: the record names none."""


@dataclass(frozen=True, slots=True)
class Known:
    """A known picture that one of the item's is like."""

    bank: str
    entry: str
    tags: str
    text: ShownText


def parts_of(entry: ReviewEntry, pictures: Pictures) -> list[Part]:
    """An item's posts, or its meme."""
    kind = entry.kind
    images = {image.field: image for image in entry.images}
    places = zip(_NAMES[kind], TEXT_FIELDS[kind], IMAGE_FIELDS[kind], strict=True)
    return [
        Part(
            name=name,
            text=shown_text(entry.texts.get(text) or ""),
            has_text=bool((entry.texts.get(text) or "").strip()),
            read=entry.text_source is TextSource.OCR,
            picture=_picture(entry, images.get(image), pictures),
        )
        for name, text, image in places
    ]


def known_of(entry: ReviewEntry) -> list[Known]:
    """What banks know its pictures as."""
    return [
        Known(match.bank, match.entry, ", ".join(match.tags), shown_text(match.text or ""))
        for match in entry.hash_matches
    ]


def images_of(entry: ReviewEntry) -> Iterator[ImageReport]:
    """The images that its record names."""
    return (image for image in entry.images if image.status is not ImageStatus.ABSENT)


def _picture(
    entry: ReviewEntry, image: ImageReport | None, pictures: Pictures
) -> ShownPicture | None:
    if image is None or image.status is ImageStatus.ABSENT:
        return None
    found: Picture | None = None
    try:
        found = pictures.get(entry, image).result(timeout=_WAIT_S)
    except NotYet:
        return ShownPicture(image.field, "", None, None)
    if isinstance(found, Gone):
        return ShownPicture(image.field, found.why, None, None)
    return ShownPicture(image.field, "", found.width, found.height)
