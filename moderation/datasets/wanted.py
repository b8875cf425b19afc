"""Which images records want, and what each got: they are fetched once, whoever wants them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import apache_beam as beam

from moderation.datasets.encode import image_key
from moderation.records.items import Item, RefusedImage
from moderation.storage.packing import Pack, open_all


class WantImages(beam.DoFn):
    """``(content_key, packed Item)`` → ``(image_key, wanted image)``, one a field."""

    def process(self, keyed: tuple[str, tuple[Any, ...]]) -> Iterator[tuple[str, list[Any]]]:
        content, packed = keyed
        for image in Item.unpack(packed).images:
            if not isinstance(image, RefusedImage):
                key = image_key(image.location, image.root)
                yield (
                    key,
                    [key, image.field, image.reference, image.location, image.root, content],
                )


class HandImages(beam.DoFn):
    """``(bucket, {"wanted", "outcomes"})`` → ``(content_key, [field, outcome])``."""

    def process(
        self, joined: tuple[int, dict[str, Iterable[Pack]]]
    ) -> Iterator[tuple[str, list[Any]]]:
        _, sides = joined
        outcomes = dict(open_all(sides["outcomes"]))
        seen = set()
        for key, field, _reference, _location, _root, content in open_all(sides["wanted"]):
            if (content, field) not in seen:
                seen.add((content, field))
                yield content, [content, field, outcomes[key]]
