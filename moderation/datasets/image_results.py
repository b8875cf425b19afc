"""What crosses shuffles about images: which are wanted, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from moderation.images.types import ImageRef
from moderation.records.items import Item, RefusedImage
from moderation.storage.packing import Pack, open_all


class WantedImage(NamedTuple):
    """An image that a field of an item asks for."""

    key: str
    """Equal where one fetch serves both."""
    field: str
    reference: str
    location: str
    root: str | None
    content_key: str
    """Of the item."""

    @property
    def ref(self) -> ImageRef:
        """As the door takes it."""
        return ImageRef(self.field, self.reference, self.location, self.root)


class EncodedImage(NamedTuple):
    """An image that was had, and where its encoded bytes lie."""

    sha256: str
    """Of the bytes that were fetched."""
    perceptual_hash: str
    width: int
    """Of the original, in pixels."""
    height: int
    file: str
    offset: int
    length: int


class LostImage(NamedTuple):
    """Why there is no image."""

    stage: str
    code: str
    message: str
    attempts: int


ImageResult = EncodedImage | LostImage


def result_of(values: Sequence[Any]) -> ImageResult:
    """A result that went through a pack: the two differ in length."""
    is_lost = len(values) == len(LostImage._fields)
    return LostImage(*values) if is_lost else EncodedImage(*values)


def wanted_images(content_key: str, packed: tuple[Any, ...]) -> Iterator[tuple[str, WantedImage]]:
    """The images of a packed ``Item``, each under its key."""
    for image in Item.unpack(packed).images:
        if not isinstance(image, RefusedImage):
            key = f"{image.root or ''}\n{image.location}"
            yield (
                key,
                WantedImage(
                    key, image.field, image.reference, image.location, image.root, content_key
                ),
            )


def distinct_images(_: int, packs: Iterable[Pack]) -> Iterator[WantedImage]:
    """One of those that share a key, of each."""
    seen = set()
    for wanted in map(WantedImage._make, open_all(packs)):
        if wanted.key not in seen:
            seen.add(wanted.key)
            yield wanted


def results_by_content(
    _: int, sides: dict[str, Iterable[Pack]]
) -> Iterator[tuple[str, tuple[str, str, ImageResult]]]:
    """``{"wanted", "results"}`` → ``(content_key, (content_key, field, result))``."""
    results = {key: result_of(values) for key, values in open_all(sides["results"])}
    seen = set()
    for wanted in map(WantedImage._make, open_all(sides["wanted"])):
        place = wanted.content_key, wanted.field
        if place not in seen:
            seen.add(place)
            yield wanted.content_key, (*place, results[wanted.key])
