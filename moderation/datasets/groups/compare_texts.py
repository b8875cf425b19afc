"""Near texts: proposed pairs of contents are brought together with their words, and compared."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np

from moderation.datasets.groups.edges import PAIR, edges_between
from moderation.datasets.groups.linked_content import Content
from moderation.datasets.groups.near_texts import any_near
from moderation.storage.packing import Pack, PackBy, as_keyed, dealt, gathered, node_of, open_all
from schemas.datasets import Link


@dataclass(eq=False, repr=False)
class CompareTexts(beam.PTransform):
    """``(pairs, contents)`` → edges between contents with texts that are nearly equal."""

    similarity: float
    buckets: int

    def expand(self, both: tuple[Any, Any]) -> Any:
        """Texts go to the pairs that ask for them, then a pair's two sides meet."""
        pairs, contents = both
        buckets = self.buckets
        asked = pairs | "Ask" >> beam.FlatMap(_asked, buckets=buckets)
        keyed = functools.partial(_keyed_texts, buckets=buckets)
        texts = contents | "PackTexts" >> beam.ParDo(PackBy(keyed))
        return (
            {"asked": asked, "texts": texts}
            | "BringTexts" >> beam.CoGroupByKey()
            | "Answer" >> beam.FlatMap(_answered, buckets=buckets)
            | "PackSides" >> beam.ParDo(PackBy(as_keyed))
            | "MeetSides" >> beam.GroupByKey()
            | "Compare" >> beam.Map(_near, similarity=self.similarity)
        )


class _Side(NamedTuple):
    """One of the two contents of a pair, on its way to the other."""

    node: int
    other: int
    texts: list[str]


def _keyed_texts(content: Content, buckets: int) -> tuple[int, tuple[int, list[str]]]:
    node = node_of(content.key)
    return node % buckets, (node, content.texts)


def _asked(blob: bytes, buckets: int) -> Iterator[tuple[int, bytes]]:
    pairs = np.frombuffer(blob, dtype=PAIR)
    yield from dealt(pairs, pairs["node"], buckets)
    yield from dealt(pairs, pairs["other"], buckets)


def _answered(
    joined: tuple[int, dict[str, Iterable[Any]]], buckets: int
) -> Iterator[tuple[int, _Side]]:
    bucket, sides = joined
    pairs = np.unique(gathered(sides["asked"], PAIR))
    if not len(pairs):
        return
    wanted = {int(node) for name in ("node", "other") for node in pairs[name]}
    texts = {node: text for node, text in open_all(sides["texts"]) if node in wanted}
    for node, other in pairs.tolist():
        meeting = (node ^ (other >> 7)) % buckets
        for end in (node, other):
            if end % buckets == bucket:
                yield meeting, _Side(node, other, texts[end])


def _near(keyed: tuple[int, Iterable[Pack]], similarity: float) -> bytes:
    waiting: dict[tuple[int, int], list[str]] = {}
    near = []
    for side in map(_Side._make, open_all(keyed[1])):
        pair = side.other, side.node
        first = waiting.pop(pair, None)
        if first is None:
            waiting[pair] = side.texts
        elif any_near(first, side.texts, similarity=similarity):
            near.append(pair)
    pairs = np.array(near, dtype="<u8").reshape(-1, 2)
    return edges_between(pairs[:, 0], pairs[:, 1], Link.NEAR_TEXT)
