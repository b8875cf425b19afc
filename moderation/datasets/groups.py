"""Groups: contents that share an image or a nearly equal text, as connected components.

Contents are numbers here (the first 64 bits of their keys), edges are arrays of them, and what
meets in one place is one partition of a hash. Nobody holds all contents.

1. Hubs. A content tells every hub it hangs on: the digest of an image, of a normalised text, the
   bands of their near-hashes. Contents on one exact hub are linked; those on one near-hub are
   compared, every one with up to 32 of them, the smallest by number: the same whatever the order.
2. Near texts are compared by their words, which two joins bring together for the pairs in
   question alone.
3. Rounds. An edge goes to the partitions of both its ends, a partition joins what is connected
   within it and says who the smallest is. A chain of 100,000 needs 11 rounds; that the
   last round left nothing open is checked, and a run where it did is not committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import TaggedOutput

from moderation.datasets.likeness import any_near, image_bands, text_bands
from moderation.datasets.packing import (
    Pack,
    PackByKey,
    dealt,
    digest64,
    gathered,
    node_of,
    open_all,
    windowed,
)
from schemas.datasets import Link

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINKS = tuple(Link)
ROUNDS = 12
LEADERS = 32
_PAIRS = "pairs"
_FLUSH_HUBS = 200_000

_HUB = [("hub", "<u8"), ("node", "<u8")]
HUBS = {
    Link.IMAGE: np.dtype(_HUB),
    Link.TEXT: np.dtype(_HUB),
    Link.NEAR_IMAGE: np.dtype([*_HUB, ("a", "<u8"), ("b", "<u8")]),
    Link.NEAR_TEXT: np.dtype([*_HUB, ("a", "<u4")]),
}
"""``a`` and ``b`` tell apart what hangs on a near-hub: the image's hash, the text's digest."""
EDGE = np.dtype([("node", "<u8"), ("root", "<u8"), ("link", "<u1")])
PAIR = np.dtype([("node", "<u8"), ("other", "<u8")])


@dataclass(frozen=True, slots=True)
class GroupRules:
    """What links contents."""

    links: tuple[Link, ...]
    text_similarity: float
    image_distance_bits: int
    buckets: int
    partitions: int
    rounds: int = ROUNDS


class GroupContents(beam.PTransform):
    """Contents → ``(bucket, EDGE array as bytes)``.

    An entry says ``node`` is of the group ``root`` (its smallest node), or with ``link`` set, that
    ``node`` was linked so. A node without an entry is a group alone.
    """

    def __init__(self, rules: GroupRules) -> None:
        super().__init__()
        self._rules = rules

    def expand(self, contents: Any) -> Any:
        """Hubs, comparisons, rounds."""
        rules = self._rules
        found = (
            contents
            | "Hubs" >> beam.ParDo(SpreadHubs(rules))
            | "ByHub" >> beam.GroupByKey()
            | "Link" >> beam.ParDo(LinkHubs(rules)).with_outputs(_PAIRS, main="edges")
        )
        linked = found["edges"]
        if Link.NEAR_TEXT in rules.links:
            near = (found[_PAIRS], contents) | "NearTexts" >> _CompareTexts(rules)
            linked = (linked, near) | "Linked" >> beam.Flatten()
        sent = linked | "Send" >> beam.FlatMap(send_edges, partitions=rules.partitions)
        for number in range(1, rules.rounds):
            sent = (
                sent
                | f"Meet{number}" >> beam.GroupByKey()
                | f"Join{number}" >> beam.FlatMap(_joined_and_sent, partitions=rules.partitions)
            )
        roots = (
            sent | "MeetLast" >> beam.GroupByKey() | "Roots" >> beam.FlatMap(_roots, rules.buckets)
        )
        links = linked | "Links" >> beam.FlatMap(_links_by_bucket, buckets=rules.buckets)
        return (roots, links) | "Groups" >> beam.Flatten()


class SpreadHubs(beam.DoFn):
    """Contents → ``((link, partition), an array of HUBS as bytes)``."""

    def __init__(self, rules: GroupRules) -> None:
        self._rules = rules
        self._held: dict[Link, list[tuple[int, ...]]] = {}
        self._count = 0

    def start_bundle(self) -> None:
        """Forget what a failed bundle held."""
        self._held, self._count = {}, 0

    def process(self, content: list[Any]) -> Iterator[tuple[tuple[str, int], bytes]]:
        """Note the content's hubs."""
        key, texts, pictures = content
        node = node_of(key)
        for link, hub, *rest in self._hubs(texts, pictures):
            self._held.setdefault(link, []).append((hub, node, *rest))
            self._count += 1
        if self._count >= _FLUSH_HUBS:
            yield from self._flush()

    def finish_bundle(self) -> Iterator[Any]:
        """Hand on what is held."""
        for keyed in self._flush():
            yield windowed(keyed)

    def _hubs(self, texts: list[str], pictures: list[tuple[str, str]]) -> Iterator[tuple[Any, ...]]:
        links = self._rules.links
        for text in texts:
            digest = digest64(text)
            if Link.TEXT in links:
                yield Link.TEXT, digest
            if Link.NEAR_TEXT in links:
                for band in text_bands(text):
                    yield Link.NEAR_TEXT, band, digest & 0xFFFFFFFF
        for sha256, near in pictures:
            if Link.IMAGE in links:
                yield Link.IMAGE, int(sha256[:16], 16)
            if Link.NEAR_IMAGE in links and near:
                a, b = int(near[:16], 16), int(near[16:], 16)
                for band in image_bands(near):
                    yield Link.NEAR_IMAGE, band, a, b

    def _flush(self) -> Iterator[tuple[tuple[str, int], bytes]]:
        held, self._held, self._count = self._held, {}, 0
        for link, rows in held.items():
            array = np.array(rows, dtype=HUBS[link])
            for part, blob in dealt(array, array["hub"], self._rules.partitions):
                yield (link.value, part), blob


class LinkHubs(beam.DoFn):
    """``((link, partition), blobs)`` → edges; pairs of texts to compare under ``pairs``."""

    def __init__(self, rules: GroupRules) -> None:
        self._rules = rules

    def process(self, keyed: tuple[tuple[str, int], Iterable[bytes]]) -> Iterator[Any]:
        (name, _), blobs = keyed
        link = Link(name)
        apart = [name for name in ("a", "b") if name in HUBS[link].fields]  # type: ignore[operator]
        hubs = np.sort(gathered(blobs, HUBS[link]), order=("hub", *apart, "node"))
        if link in (Link.TEXT, Link.IMAGE):
            yield _edges(*_to_smallest(hubs), link)
            return
        yield _edges(*_to_smallest(hubs, *apart), link)
        nodes, others = self._compared(hubs[_firsts(hubs, "hub", *apart)], link)
        if link is Link.NEAR_IMAGE:
            yield _edges(nodes, others, link)
        else:
            pairs = _array(PAIR, node=np.minimum(nodes, others), other=np.maximum(nodes, others))
            yield TaggedOutput(_PAIRS, np.unique(pairs).tobytes())

    def _compared(
        self, hubs: NDArray[np.void], link: Link
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Pairs on one hub: each with the leaders of its hub."""
        nodes, others = [], []
        starts = np.flatnonzero(_firsts(hubs, "hub"))
        for start, end in zip(starts, [*starts[1:], len(hubs)], strict=True):
            if end - start < 2:
                continue
            members = np.sort(hubs[start:end], order=("node",))
            for place in range(min(LEADERS, len(members) - 1)):
                rest = members[place + 1 :]
                if link is Link.NEAR_IMAGE:
                    rest = rest[self._close(members[place], rest)]
                nodes.append(rest["node"])
                others.append(np.full(len(rest), members[place]["node"], dtype="<u8"))
        empty = [np.empty(0, dtype="<u8")]
        nodes_, others_ = np.concatenate(nodes or empty), np.concatenate(others or empty)
        differing = nodes_ != others_
        return nodes_[differing], others_[differing]

    def _close(self, leader: np.void, rest: NDArray[np.void]) -> NDArray[np.bool_]:
        bits = np.bitwise_count(rest["a"] ^ leader["a"]).astype(np.int64)
        bits += np.bitwise_count(rest["b"] ^ leader["b"])
        close: NDArray[np.bool_] = bits <= self._rules.image_distance_bits
        return close


class _CompareTexts(beam.PTransform):
    """``(pairs, contents)`` → edges between contents with texts that are nearly equal."""

    def __init__(self, rules: GroupRules) -> None:
        super().__init__()
        self._rules = rules

    def expand(self, both: tuple[Any, Any]) -> Any:
        """Texts go to the pairs that ask for them, then a pair's two sides meet."""
        pairs, contents = both
        buckets = self._rules.buckets
        asked = pairs | "Ask" >> beam.FlatMap(_asked, buckets=buckets)
        texts = (
            contents
            | "KeyTexts" >> beam.Map(_keyed_texts, buckets=buckets)
            | "PackTexts" >> beam.ParDo(PackByKey())
        )
        return (
            {"asked": asked, "texts": texts}
            | "BringTexts" >> beam.CoGroupByKey()
            | "Answer" >> beam.FlatMap(_answered, buckets=buckets)
            | "PackSides" >> beam.ParDo(PackByKey())
            | "MeetSides" >> beam.GroupByKey()
            | "Compare" >> beam.Map(_near, similarity=self._rules.text_similarity)
        )


def _keyed_texts(content: list[Any], buckets: int) -> tuple[int, list[Any]]:
    node = node_of(content[0])
    return node % buckets, [node, content[1]]


def _asked(blob: bytes, buckets: int) -> Iterator[tuple[int, bytes]]:
    pairs = np.frombuffer(blob, dtype=PAIR)
    yield from dealt(pairs, pairs["node"], buckets)
    yield from dealt(pairs, pairs["other"], buckets)


def _answered(
    joined: tuple[int, dict[str, Iterable[Any]]], buckets: int
) -> Iterator[tuple[int, list[Any]]]:
    bucket, sides = joined
    pairs = np.unique(gathered(sides["asked"], PAIR))
    if not len(pairs):
        return
    wanted = {int(node) for name in ("node", "other") for node in pairs[name]}
    texts = {node: found for node, found in open_all(sides["texts"]) if node in wanted}
    for node, other in pairs.tolist():
        meeting = (node ^ (other >> 7)) % buckets
        for end in (node, other):
            if end % buckets == bucket:
                yield meeting, [node, other, texts[end], end == node]


def _near(keyed: tuple[int, Iterable[Pack]], similarity: float) -> bytes:
    waiting: dict[tuple[int, int], list[str]] = {}
    near = []
    for node, other, texts, _is_node in open_all(keyed[1]):
        first = waiting.pop((node, other), None)
        if first is None:
            waiting[node, other] = texts
        elif any_near(first, texts, similarity=similarity):
            near.append((other, node))
    found = np.array(near, dtype="<u8").reshape(-1, 2)
    return _edges(found[:, 0], found[:, 1], Link.NEAR_TEXT)


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
    return _array(EDGE, node=nodes[keep], root=nodes[smallest][keep], link=0).tobytes()


def _links_by_bucket(edges: bytes, buckets: int) -> Iterator[tuple[int, bytes]]:
    array = np.frombuffer(edges, dtype=EDGE)
    both = np.unique(
        np.concatenate(
            [
                _array(EDGE, node=array["node"], root=0, link=array["link"]),
                _array(EDGE, node=array["root"], root=0, link=array["link"]),
            ]
        )
    )
    yield from dealt(both, both["node"], buckets)


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


def _firsts(hubs: NDArray[np.void], *names: str) -> NDArray[np.bool_]:
    """Where something new begins in sorted hubs."""
    new = np.zeros(len(hubs), dtype=bool)
    new[:1] = True
    for name in names:
        new[1:] |= hubs[1:][name] != hubs[:-1][name]
    return new


def _to_smallest(
    hubs: NDArray[np.void], *names: str
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Every node on a hub with the smallest one that hangs on it just so; hubs are sorted."""
    first = _firsts(hubs, "hub", *names)
    smallest = hubs["node"][first][np.cumsum(first) - 1]
    differing = hubs["node"] != smallest
    return hubs["node"][differing], smallest[differing]


def _edges(nodes: NDArray[np.uint64], roots: NDArray[np.uint64], link: Link) -> bytes:
    edges = _array(EDGE, node=nodes, root=roots, link=LINKS.index(link) + 1)
    return np.unique(edges).tobytes()


def _array(dtype: np.dtype[np.void], **columns: Any) -> NDArray[np.void]:
    length = max((len(column) for column in columns.values() if np.ndim(column)), default=0)
    array = np.empty(length, dtype=dtype)
    for name, column in columns.items():
        array[name] = column
    return array


def _spread(nodes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Other bits than buckets look at."""
    spread: NDArray[np.uint64] = nodes >> np.uint64(17)
    return spread
