"""Groups: contents that share an image or a nearly equal text, as connected components.

Contents are numbers here, edges are arrays of them, and what meets in one place is one partition
of a hash. Nobody holds all contents.

1. ``hubs``: contents that hang on one hub are linked, or proposed.
2. ``compare_texts``: proposed texts are compared by their words.
3. ``components``: what is connected, directly or not, is a group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np

from moderation.datasets.groups.compare_texts import CompareTexts
from moderation.datasets.groups.components import ROUNDS, FindRoots
from moderation.datasets.groups.edges import EDGE, array_of
from moderation.datasets.groups.hubs import PAIRS, HubRules, LinkHubs, SpreadHubs
from moderation.datasets.groups.near_images import BY_STEPS, NearImages
from moderation.storage.packing import LEAST_BUCKETS, dealt
from schemas.datasets import Link

_MOST_PARTITIONS = 64


@dataclass(frozen=True, slots=True)
class GroupRules:
    """What links contents."""

    links: tuple[Link, ...]
    text_similarity: float
    buckets: int
    near_images: NearImages = BY_STEPS
    rounds: int = ROUNDS

    @property
    def hubs(self) -> HubRules:
        """Hubs are many times as many as contents: eight parts at least, a power of two."""
        parts = 1 << (self._parts.bit_length() - 1)
        return HubRules(self.links, self.near_images, parts)

    @property
    def partitions(self) -> int:
        """A small input's edges fit one place, and need no rounds."""
        return self._parts if self.buckets > LEAST_BUCKETS else 1

    @property
    def _parts(self) -> int:
        return min(max(self.buckets // 16, 8), _MOST_PARTITIONS)


@dataclass(eq=False, repr=False)
class GroupContents(beam.PTransform):
    """Contents → ``(bucket, EDGE array as bytes)``.

    An entry says ``node`` is of the group ``root`` (its smallest node), or with ``link`` set, that
    ``node`` was linked so. A node without an entry is a group alone.
    """

    rules: GroupRules

    def expand(self, contents: Any) -> Any:
        """Hubs, comparisons, rounds."""
        rules = self.rules
        by_hub = (
            contents
            | "Hubs" >> beam.ParDo(SpreadHubs(rules.hubs))
            | "ByHub" >> beam.GroupByKey()
            | "Link" >> beam.ParDo(LinkHubs(rules.hubs)).with_outputs(PAIRS, main="edges")
        )
        linked = by_hub["edges"]
        if Link.NEAR_TEXT in rules.links:
            near = (by_hub[PAIRS], contents) | "NearTexts" >> CompareTexts(
                similarity=rules.text_similarity, buckets=rules.buckets
            )
            linked = (linked, near) | "Linked" >> beam.Flatten()
        roots = linked | "Components" >> FindRoots(
            partitions=rules.partitions, rounds=rules.rounds, buckets=rules.buckets
        )
        links = linked | "Links" >> beam.FlatMap(_links_by_bucket, buckets=rules.buckets)
        return (roots, links) | "Groups" >> beam.Flatten()


def _links_by_bucket(edges: bytes, buckets: int) -> Iterator[tuple[int, bytes]]:
    array = np.frombuffer(edges, dtype=EDGE)
    both = np.unique(
        np.concatenate(
            [
                array_of(EDGE, node=array["node"], root=0, link=array["link"]),
                array_of(EDGE, node=array["root"], root=0, link=array["link"]),
            ]
        )
    )
    yield from dealt(both, both["node"], buckets)
