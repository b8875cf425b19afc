"""Hubs: what contents may share, and which of those that meet on one are linked.

A content tells every hub it hangs on: the digest of an image, of a normalised text, the bands of
their near-hashes. Contents on one exact hub are linked; those on one near-hub are compared, every
one with up to ``LEADERS`` of them, the smallest by number: the same whatever the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import TaggedOutput

from moderation.datasets.edges import PAIR, array_of, edges_between
from moderation.datasets.near_images import image_bands
from moderation.datasets.near_texts import text_bands
from moderation.datasets.packing import dealt, digest64, gathered, node_of, windowed
from schemas.datasets import Link

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAIRS = "pairs"
LEADERS = 32
_FLUSH_HUBS = 200_000

_HUB = [("hub", "<u8"), ("node", "<u8")]
HUBS = {
    Link.IMAGE: np.dtype(_HUB),
    Link.TEXT: np.dtype(_HUB),
    Link.NEAR_IMAGE: np.dtype([*_HUB, ("a", "<u8"), ("b", "<u8")]),
    Link.NEAR_TEXT: np.dtype([*_HUB, ("a", "<u4")]),
}
"""``a`` and ``b`` tell apart what hangs on a near-hub: the image's hash, the text's digest."""


@dataclass(frozen=True, slots=True)
class HubRules:
    """What contents may share."""

    links: tuple[Link, ...]
    image_distance_bits: int
    partitions: int


class SpreadHubs(beam.DoFn):
    """Contents → ``((link, partition), an array of HUBS as bytes)``."""

    def __init__(self, rules: HubRules) -> None:
        self._rules = rules
        self._held: dict[Link, list[NDArray[np.void]]] = {}
        self._count = 0

    def start_bundle(self) -> None:
        """Forget what a failed bundle held."""
        self._held, self._count = {}, 0

    def process(self, content: list[Any]) -> Iterator[tuple[tuple[str, int], bytes]]:
        """Note the content's hubs."""
        key, texts, pictures = content
        node = node_of(key)
        for link, columns in self._hubs(texts, pictures):
            hubs = array_of(HUBS[link], node=node, **columns)
            self._held.setdefault(link, []).append(hubs)
            self._count += len(hubs)
        if self._count >= _FLUSH_HUBS:
            yield from self._flush()

    def finish_bundle(self) -> Iterator[Any]:
        """Hand on what is held."""
        for keyed in self._flush():
            yield windowed(keyed)

    def _hubs(
        self, texts: list[str], pictures: list[tuple[str, str]]
    ) -> Iterator[tuple[Link, dict[str, Any]]]:
        links = self._rules.links
        for text in texts:
            digest = digest64(text)
            if Link.TEXT in links:
                yield Link.TEXT, {"hub": [digest]}
            if Link.NEAR_TEXT in links:
                yield Link.NEAR_TEXT, {"hub": text_bands(text), "a": digest & 0xFFFFFFFF}
        for sha256, near in pictures:
            if Link.IMAGE in links:
                yield Link.IMAGE, {"hub": [int(sha256[:16], 16)]}
            if Link.NEAR_IMAGE in links and near:
                a, b = int(near[:16], 16), int(near[16:], 16)
                yield Link.NEAR_IMAGE, {"hub": image_bands(near), "a": a, "b": b}

    def _flush(self) -> Iterator[tuple[tuple[str, int], bytes]]:
        held, self._held, self._count = self._held, {}, 0
        for link, arrays in held.items():
            array = np.concatenate(arrays)
            for part, blob in dealt(array, array["hub"], self._rules.partitions):
                yield (link.value, part), blob


class LinkHubs(beam.DoFn):
    """``((link, partition), blobs)`` → edges; pairs of texts to compare under ``pairs``."""

    def __init__(self, rules: HubRules) -> None:
        self._rules = rules

    def process(self, keyed: tuple[tuple[str, int], Iterable[bytes]]) -> Iterator[Any]:
        (name, _), blobs = keyed
        link = Link(name)
        apart = [name for name in ("a", "b") if name in HUBS[link].fields]  # type: ignore[operator]
        hubs = np.sort(gathered(blobs, HUBS[link]), order=("hub", *apart, "node"))
        if link in (Link.TEXT, Link.IMAGE):
            yield edges_between(*_to_smallest(hubs), link)
            return
        yield edges_between(*_to_smallest(hubs, *apart), link)
        nodes, others = self._compared(hubs[_firsts(hubs, "hub", *apart)], link)
        if link is Link.NEAR_IMAGE:
            yield edges_between(nodes, others, link)
        else:
            pairs = array_of(PAIR, node=np.minimum(nodes, others), other=np.maximum(nodes, others))
            yield TaggedOutput(PAIRS, np.unique(pairs).tobytes())

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
