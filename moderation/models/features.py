"""A call in two steps: equal texts and equal images of a batch are encoded once, then joined."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moderation.models.calls import Result, Signature, read_results
from moderation.models.inputs import Feeds
from moderation.models.types import ModelItem
from schemas.card import EncodedPart, InputSpec, TaskSpec


@dataclass(frozen=True)
class Part:
    """What of an item one row of an encoder is made of."""

    fields: tuple[str, ...]
    """Of the record; the encoder knows them by their places."""
    outputs: Mapping[str, str]
    """Output of the encoder to input of the joining signature."""


@dataclass
class _Pool:
    """The distinct parts of a batch."""

    distinct: list[ModelItem] = field(default_factory=list)
    places: dict[Hashable, int] = field(default_factory=dict)

    def place(self, item: ModelItem, fields: Sequence[str]) -> int:
        """Where the item's part stands among the distinct ones."""
        names = [(str(at), name) for at, name in enumerate(fields)]
        texts = {at: item.texts[name] for at, name in names if name in item.texts}
        images = {at: item.images[name] for at, name in names if name in item.images}
        pixels = ((at, image.shape, image.tobytes()) for at, image in images.items())
        key = (tuple(texts.items()), *pixels)
        if key not in self.places:
            self.places[key] = len(self.distinct)
            self.distinct.append(ModelItem(item.content_key, item.kind, texts, images))
        return self.places[key]


@dataclass(frozen=True)
class Encoder:
    """One signature and the parts of an item that go through it."""

    function: Signature
    feeds: Feeds
    """Over the places of :func:`in_places`."""
    parts: tuple[Part, ...]

    def __call__(self, items: Sequence[ModelItem]) -> dict[str, Any]:
        """Inputs of the joining signature, ``[len(items), …]``."""
        pool = _Pool()
        places = [[pool.place(item, part.fields) for item in items] for part in self.parts]
        encoded = self.function(**self.feeds(pool.distinct))
        return {
            to: _take(encoded[output], rows)
            for part, rows in zip(self.parts, places, strict=True)
            for output, to in part.outputs.items()
        }


@dataclass(frozen=True)
class JoinedCall:
    """Encoders, the signature that joins what they give, and the tasks that it answers."""

    encoders: tuple[Encoder, ...]
    function: Signature
    feeds: Feeds
    """What the joining signature takes straight from the record."""
    tasks: tuple[TaskSpec, ...]
    """Each with the output of the joining signature."""
    batch_size: None = None

    def __call__(self, items: Sequence[ModelItem]) -> list[Result]:
        """One result per item; raises what the model raises."""
        arguments = self.feeds(items)
        for encoder in self.encoders:
            arguments |= encoder(items)
        return read_results(self.function(**arguments), tasks=self.tasks, rows=len(items))


def in_places(part: EncodedPart) -> tuple[tuple[InputSpec, ...], tuple[str, ...]]:
    """A part's inputs with its fields numbered, and the fields by number.

    Parts whose numbered inputs are equal can share one encoder.
    """
    fields = tuple(dict.fromkeys(name for spec in part.inputs for name in spec.fields))
    numbered = tuple(
        spec.model_copy(update={"fields": tuple(str(fields.index(name)) for name in spec.fields)})
        for spec in part.inputs
    )
    return numbered, fields


def _take(encoded: Any, rows: Sequence[int]) -> Any:
    """The rows of a tensor, which most often are all of it."""
    if list(rows) == list(range(int(encoded.shape[0]))):
        return encoded
    import tensorflow as tf

    return tf.gather(encoded, list(rows))
