"""Rounds that find what is connected, with nobody who holds all edges.

An edge goes to the partitions of both its ends, a partition joins what is connected within it and
says who the smallest is. A chain of 100,000 needs 11 rounds; that the last round left nothing open
is checked, and a run where it did is not committed. One partition is settled at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import numpy as np

from moderation.datasets.groups.edges import EDGE, LINKS, array_of
from moderation.storage.packing import dealt, gathered
from schemas.datasets import Link

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDS = 12


@dataclass(eq=False, repr=False)
class FindRoots(beam.PTransform):
    """EDGE arrays → ``(bucket, EDGE array)`` in which a node's root is the smallest of its group.

    Args:
        partitions: how many parts the nodes are dealt into.
        rounds: how often parts may tell each other; with one partition it does not matter.
        buckets: of what comes out.
    """

    partitions: int
    rounds: int
    buckets: int

    def expand(self, edges: Any) -> Any:
        """Send, meet, join, and again."""
        sent = edges | "Send" >> beam.FlatMap(send_edges, partitions=self.partitions)
        for number in range(1, self.rounds if self.partitions > 1 else 1):
            sent = (
                sent
                | f"Meet{number}" >> beam.GroupByKey()
                | f"Join{number}" >> beam.FlatMap(_joined_and_sent, partitions=self.partitions)
            )
        return (
            sent | "MeetLast" >> beam.GroupByKey() | "Roots" >> beam.FlatMap(_roots, self.buckets)
        )


def send_edges(blob: bytes, partitions: int) -> Iterator[tuple[int, bytes]]:
    """An EDGE array → ``(partition, EDGE array)``, to the partitions of both ends."""
    edges = np.frombuffer(blob, dtype=EDGE)
    yield from dealt(edges, _spread(edges["node"]), partitions)
    yield from dealt(edges, _spread(edges["root"]), partitions)


def _joined_and_sent(
    keyed: tuple[int, Iterable[bytes]], partitions: int
) -> Iterator[tuple[int, bytes]]:
    yield from send_edges(contracted(gathered(keyed[1], EDGE)), partitions)


def _roots(keyed: tuple[int, Iterable[bytes]], buckets: int) -> Iterator[tuple[int, bytes]]:
    edges = contracted(gathered(keyed[1], EDGE), with_roots=True)
    array = np.unique(np.frombuffer(edges, dtype=EDGE))
    yield from dealt(array, array["node"], buckets)


def contracted(edges: NDArray[np.void], *, with_roots: bool = False) -> bytes:
    """Join what is connected: an edge from every node to the smallest it is connected to.

    With roots, these say so of themselves: who checks the result sees a root that has another.
    """
    ends = np.stack([edges["node"], edges["root"]], axis=1)
    nodes, places = np.unique(ends, return_inverse=True)
    places = places.reshape(-1, 2)
    smallest = np.arange(len(nodes))
    while True:
        a, b = smallest[places[:, 0]], smallest[places[:, 1]]
        if np.array_equal(a, b):
            break
        np.minimum.at(smallest, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(smallest[smallest], smallest):
            smallest = smallest[smallest]
    keep = np.ones(len(nodes), dtype=bool) if with_roots else smallest != np.arange(len(nodes))
    return array_of(EDGE, node=nodes[keep], root=nodes[smallest][keep], link=0).tobytes()


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one bucket's contents."""

    roots: dict[int, int]
    links: dict[int, frozenset[Link]]
    unsettled: int
    """Nodes that the rounds left with two roots."""

    @classmethod
    def of(cls, blobs: Iterable[bytes]) -> Groups:
        """From what ``GroupContents`` gave for the bucket."""
        entries = np.unique(gathered(blobs, EDGE))
        roots: dict[int, int] = {}
        links: dict[int, set[Link]] = {}
        unsettled = 0
        for node, root, link in entries.tolist():
            if link:
                links.setdefault(node, set()).add(LINKS[link - 1])
            elif roots.setdefault(node, root) != root:
                unsettled += 1
                roots[node] = min(roots[node], root)
        return cls(roots, {node: frozenset(some) for node, some in links.items()}, unsettled)


def _spread(nodes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Other bits than buckets look at."""
    spread: NDArray[np.uint64] = nodes >> np.uint64(17)
    return spread
