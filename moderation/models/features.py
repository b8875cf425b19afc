"""A call in two steps: equal texts and equal images are encoded once, then joined."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.models.calls import How, Result, Signature, read_results
from moderation.models.inputs import Feeds
from moderation.models.precision import current
from moderation.models.row_cache import RowCache
from moderation.models.types import ModelItem
from moderation.profiling.meter import ENCODER, meter
from schemas.card import EncodedPart, InputSpec, TaskSpec

_CACHE_BYTES = 64 << 20
"""For each encoder: some eight thousand pictures of 2,048 numbers."""


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
    places: dict[bytes, int] = field(default_factory=dict)

    def place(self, item: ModelItem, fields: Sequence[str]) -> int:
        """Where the item's part stands among the distinct ones."""
        names = [(str(at), name) for at, name in enumerate(fields)]
        texts = {at: item.texts[name] for at, name in names if name in item.texts}
        images = {at: item.images[name] for at, name in names if name in item.images}
        key = _digest(texts, images)
        if key not in self.places:
            self.places[key] = len(self.distinct)
            self.distinct.append(ModelItem(item.content_key, item.kind, texts, images))
        return self.places[key]


def _digest(texts: Mapping[str, str], images: Mapping[str, NDArray[np.uint8]]) -> bytes:
    told = hashlib.sha256(current().value.encode())
    for at, text in texts.items():
        data = text.encode("utf-8", "surrogatepass")
        told.update(f"{at} {len(data)} ".encode() + data)
    for at, image in images.items():
        told.update(f"{at} {image.shape} ".encode())
        told.update(np.ascontiguousarray(image).data)
    return told.digest()


@dataclass(frozen=True)
class Encoder:
    """One signature and the parts of an item that go through it."""

    function: Signature
    feeds: Feeds
    """Over the places of :func:`in_places`."""
    parts: tuple[Part, ...]
    cache: RowCache = field(default_factory=lambda: RowCache(_CACHE_BYTES))
    """Of what it gave in earlier batches."""

    def __call__(self, items: Sequence[ModelItem]) -> dict[str, Any]:
        """Inputs of the joining signature, ``[len(items), …]``."""
        pool = _Pool()
        places = [[pool.place(item, part.fields) for item in items] for part in self.parts]
        encoded = self._encoded(pool)
        repeated = len(items) * len(self.parts) - len(pool.places)
        self._count("asked", repeated + len(pool.places))
        self._count("repeated", repeated)
        return {
            to: _take(encoded[output], rows)
            for part, rows in zip(self.parts, places, strict=True)
            for output, to in part.outputs.items()
        }

    def _encoded(self, pool: _Pool) -> Mapping[str, Any]:
        """By output, a row for each distinct part."""
        keys = list(pool.places)
        known = self.cache.found(keys)
        new = [at for at, key in enumerate(keys) if key not in known]
        self._count("encoded", len(new))
        self._count("known", len(keys) - len(new))
        fresh: Mapping[str, Any] = {}
        if new:
            fresh = self.function(**self.feeds([pool.distinct[at] for at in new]))
            given = {name: tensor.numpy() for name, tensor in fresh.items()}
            for row, at in enumerate(new):
                known[keys[at]] = {name: rows[row] for name, rows in given.items()}
                self.cache.keep(keys[at], known[keys[at]])
        if len(new) == len(keys):
            return fresh
        names = known[keys[0]]
        return {name: np.stack([known[key][name] for key in keys]) for name in names}

    def _count(self, what: str, rows: int) -> None:
        if meter.on:
            fields = "; ".join("+".join(part.fields) for part in self.parts)
            meter.count(ENCODER, fields, what, number=rows)


_BY_ITS_CARD = How(True, "by its card")


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
    called: How = _BY_ITS_CARD

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
