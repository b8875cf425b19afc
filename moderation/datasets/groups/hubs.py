"""Hubs: what contents may share, and which of those that meet on one are linked.

A content tells every hub it hangs on: the digest of an image, of a normalised text, the bands of
their near-hashes. Contents on one exact hub are linked; those on one near-hub are compared, every
one with up to ``LEADERS`` of them, the smallest by number: the same whatever the order.

Exact hubs are dealt by number. Near-hubs are dealt by band, several bands a partition and one row
a text in each: that says who the text is once, not once a band.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import TaggedOutput

from moderation.datasets.groups.edges import PAIR, array_of, edges_between
from moderation.datasets.groups.linked_content import Content
from moderation.datasets.groups.near_images import NearImages
from moderation.datasets.groups.near_texts import BANDS, text_bands
from moderation.storage.bundle_end import at_end
from moderation.storage.packing import dealt, digest64, gathered, node_of
from schemas.datasets import Link

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAIRS = "pairs"
LEADERS = 32
_FLUSH_ROWS = 8_192

_NODE = [("node", "<u8")]
_IMAGE_GROUPS = 8
"""A divisor of the bands of every hash of images."""
_NEAR = (Link.NEAR_TEXT, Link.NEAR_IMAGE)
_BAND_BYTES = 4
"""A number of 32 bits a band: two bands in 2³² are equal by chance, and then compared in vain."""


@dataclass(frozen=True, slots=True)
class HubRules:
    """What contents may share."""

    links: tuple[Link, ...]
    near_images: NearImages
    partitions: int
    """A power of two, 8 or more."""

    def apart(self, link: Link) -> list[tuple[str, str]]:
        """What tells apart those that hang on a near-hub: the text's digest, the image's hash."""
        if link is Link.NEAR_TEXT:
            return [("a", "<u4")]
        return [(name, "<u8") for names, _ in self.near_images.limits for name in names]

    def bands(self, link: Link) -> int:
        """How many near-hubs a text or an image hangs on."""
        return BANDS if link is Link.NEAR_TEXT else self.near_images.bands

    def near(self, link: Link) -> tuple[int, int]:
        """Bands in a partition, and parts that one band's hubs are dealt into: 1, or both are."""
        groups = min(self.partitions, BANDS if link is Link.NEAR_TEXT else _IMAGE_GROUPS)
        return self.bands(link) // groups, self.partitions // groups

    def dtype(self, link: Link) -> np.dtype[np.void]:
        """A row of what crosses the shuffle."""
        if link in _NEAR:
            bands, _ = self.near(link)
            return np.dtype([*_NODE, *self.apart(link), ("bands", f"<u{_BAND_BYTES}", (bands,))])
        return np.dtype([("hub", "<u8"), *_NODE])


@dataclass(eq=False)
class SpreadHubs(beam.DoFn):
    """Contents → ``((link, partition), an array of rules.dtype(link) as bytes)``."""

    rules: HubRules
    _held: dict[Link, list[tuple[int, ...]]] = field(default_factory=dict, init=False)
    _bands: dict[Link, list[NDArray[np.uint32]]] = field(default_factory=dict, init=False)
    _count: int = field(default=0, init=False)

    def start_bundle(self) -> None:
        """Forget what a failed bundle held."""
        self._held, self._bands, self._count = {}, {}, 0

    def process(self, content: Content) -> Iterator[tuple[tuple[str, int], bytes]]:
        """Note the content's hubs."""
        node, links = node_of(content.key), self.rules.links
        for text in content.texts:
            digest = digest64(text)
            if Link.TEXT in links:
                self._hold(Link.TEXT, (digest, node))
            if Link.NEAR_TEXT in links:
                bands = (text_bands(text) >> np.uint64(32)).astype(np.uint32)
                self._hold(Link.NEAR_TEXT, (node, digest & 0xFFFFFFFF), bands)
        for sha256, near in content.pictures:
            if Link.IMAGE in links:
                self._hold(Link.IMAGE, (int(sha256[:16], 16), node))
            if Link.NEAR_IMAGE in links and near:
                whole = np.array(self.rules.near_images.bands_of(near), dtype=np.uint64)
                bands = (whole >> np.uint64(32)).astype(np.uint32)
                words = self.rules.near_images.words_of(near)
                self._hold(Link.NEAR_IMAGE, (node, *words), bands)
        if self._count >= _FLUSH_ROWS:
            yield from self._flush()

    def finish_bundle(self) -> Iterator[Any]:
        """Hand on what is held."""
        for keyed in self._flush():
            yield at_end(keyed)

    def _hold(
        self, link: Link, row: tuple[int, ...], bands: NDArray[np.uint32] | None = None
    ) -> None:
        self._held.setdefault(link, []).append(row)
        if bands is not None:
            self._bands.setdefault(link, []).append(bands)
        self._count += 1

    def _flush(self) -> Iterator[tuple[tuple[str, int], bytes]]:
        held, bands, self._held, self._bands, self._count = self._held, self._bands, {}, {}, 0
        for link, rows in held.items():
            if link in _NEAR:
                parts = self._by_band(link, rows, np.stack(bands[link]))
            else:
                array = np.array(rows, dtype=self.rules.dtype(link))
                parts = dealt(array, array["hub"], self.rules.partitions)
            for part, blob in parts:
                yield (link.value, part), blob

    def _by_band(
        self, link: Link, rows: list[tuple[int, ...]], bands: NDArray[np.uint32]
    ) -> Iterator[tuple[int, bytes]]:
        wide, parts = self.rules.near(link)
        who = np.array(rows, dtype=[*_NODE, *self.rules.apart(link)])
        array = np.empty(len(rows), dtype=self.rules.dtype(link))
        for name in who.dtype.names or ():
            array[name] = who[name]
        for group in range(self.rules.bands(link) // wide):
            array["bands"] = bands[:, group * wide : (group + 1) * wide]
            for part, blob in dealt(array, array["bands"][:, 0].astype(np.uint64), parts):
                yield group * parts + part, blob


@dataclass(eq=False)
class LinkHubs(beam.DoFn):
    """``((link, partition), blobs)`` → edges; pairs of texts to compare under ``pairs``."""

    rules: HubRules

    def process(self, keyed: tuple[tuple[str, int], Iterable[bytes]]) -> Iterator[Any]:
        (name, _), blobs = keyed
        link = Link(name)
        rows = gathered(blobs, self.rules.dtype(link))
        if link not in _NEAR:
            yield edges_between(*_to_smallest(np.sort(rows, order=("hub", "node"))), link)
            return
        apart = [name for name, _ in self.rules.apart(link)]
        pairs = []
        for band in range(rows.dtype["bands"].shape[0]):
            columns = {name: rows[name] for name in ("node", *apart)}
            dtype = np.dtype([("hub", f"<u{_BAND_BYTES}"), *_NODE, *self.rules.apart(link)])
            hubs = array_of(dtype, hub=rows["bands"][:, band], **columns)
            hubs.sort(order=("hub", *apart, "node"))
            yield edges_between(*_to_smallest(hubs, *apart), link)
            nodes, others = self._compared(hubs[_firsts(hubs, "hub", *apart)], link)
            if link is Link.NEAR_IMAGE:
                yield edges_between(nodes, others, link)
            else:
                ends = {"node": np.minimum(nodes, others), "other": np.maximum(nodes, others)}
                pairs.append(array_of(PAIR, **ends))
        if pairs:
            yield TaggedOutput(PAIRS, np.unique(np.concatenate(pairs)).tobytes())

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
        close: NDArray[np.bool_] = np.zeros(len(rest), dtype=bool)
        for names, most in self.rules.near_images.limits:
            bits = sum(np.bitwise_count(rest[name] ^ leader[name]).astype(int) for name in names)
            close |= bits <= most
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
