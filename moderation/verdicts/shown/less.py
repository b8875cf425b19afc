"""An item with less of it: without its pictures, without its texts, one half of a pair alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from moderation.models.types import ModelItem
from schemas.card import Card, leaves_of
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind


class Less(str, Enum):
    """How much of an item is shown to the model."""

    NOTHING_GONE = "whole"
    """Asked too, so that an item that could not be made again as it was is seen."""
    WITHOUT_IMAGE = "without_image"
    WITHOUT_TEXT = "without_text"
    FIRST_ALONE = "first_alone"
    SECOND_ALONE = "second_alone"


MOST_WAYS = len(Less)
"""Of one item."""


@dataclass(frozen=True, slots=True)
class Taking:
    """What a model takes of a kind of items."""

    images: frozenset[str]
    """Fields."""
    texts: frozenset[str]
    needs_images: bool
    """Whether it can judge nothing where one is missing."""

    @classmethod
    def of(cls, card: Card, kind: Kind) -> Taking:
        """As the card says."""
        tasks = card.tasks_for(kind)
        leaves = [spec for task in tasks for spec in leaves_of(task.inputs)]
        return cls(
            images=frozenset(f for spec in leaves if spec.source == "image" for f in spec.fields),
            texts=frozenset(
                f for spec in leaves if spec.source in ("text", "tokens") for f in spec.fields
            ),
            needs_images=any(
                task.missing_images == "dead_letter"
                and any(spec.source == "image" for spec in leaves_of(task.inputs))
                for task in tasks
            ),
        )


def ways(item: ModelItem, taking: Taking) -> Iterator[tuple[Less, ModelItem | str]]:
    """Each way in which a model is asked about an item, or why it is not asked."""
    yield Less.NOTHING_GONE, item
    yield Less.WITHOUT_IMAGE, _without_images(item, taking)
    yield Less.WITHOUT_TEXT, _without_texts(item, taking)
    if item.kind is Kind.TWEET_PAIR:
        for less, gone in ((Less.FIRST_ALONE, 1), (Less.SECOND_ALONE, 0)):
            yield less, _half(item, taking, gone)


def _without_images(item: ModelItem, taking: Taking) -> ModelItem | str:
    if not taking.images:
        return "the model takes no picture"
    if not item.images:
        return "the model was shown no picture"
    if taking.needs_images:
        return "this model cannot be asked without its picture"
    return replace(item, images={})


def _without_texts(item: ModelItem, taking: Taking) -> ModelItem | str:
    if not taking.texts:
        return "the model takes no text"
    if not any(text.strip() for text in item.texts.values()):
        return "the item has no text"
    return replace(item, texts=dict.fromkeys(item.texts, ""))


def _half(item: ModelItem, taking: Taking, gone: int) -> ModelItem | str:
    text, image = TEXT_FIELDS[item.kind][gone], IMAGE_FIELDS[item.kind][gone]
    has_image = image in item.images
    if not has_image and not item.texts.get(text, "").strip():
        return f"the {'second' if gone else 'first'} half is empty"
    if has_image and taking.needs_images:
        return "this model cannot be asked about one half, for it needs both pictures"
    texts = {name: "" if name == text else kept for name, kept in item.texts.items()}
    images = {name: pixels for name, pixels in item.images.items() if name != image}
    return replace(item, texts=texts, images=images)
