"""Which of many PDQ hashes lie near a few: exact, by sixteen tables of sixteen bits.

Two hashes that differ in at most 31 of 256 bits differ in at most one bit of one of sixteen words
at least, for twice sixteen would be 32. So what is near a hash shares a word with it, or a word
with one bit flipped; up to 47 two flips find it. What shares one is weighed whole. Beyond that all
hashes are weighed.

A word's bits are taken from all over the hash: neighbouring bits of pictures agree too often, and
its tables would have a few large buckets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.hashes.pdq import BITS, BYTES

WORDS, WORD_BITS = 16, 16
MOST_DISTANCE = 64
"""That may be asked for; unrelated pictures come near each other from about there."""
_MOST_FLIPS = 2
SPREAD = 97
"""Steps from one bit of a word to its next; it shares no factor with 256."""
_FEW = 4_096
"""Hashes that are weighed sooner than looked for."""
_ROWS_AT_ONCE = 1 << 16
_Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Queries, and a row beside each."""


class Found(NamedTuple):
    """Pairs of a query and a hash near it, by query, then by hash; each once."""

    queries: NDArray[np.int64]
    rows: NDArray[np.int64]
    distances: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class NearIndex:
    """Hashes and their tables; the arrays may be mapped from a file."""

    mixed: NDArray[np.uint64]
    """uint64 ``[2, hashes, 2]``, as ``mix`` gives them."""
    starts: NDArray[np.uint32]
    """uint32 ``[16, 65537]``: where in ``order`` the hashes with a word begin."""
    order: NDArray[np.uint32]
    """uint32 ``[16, hashes]``: rows by their words."""
    weighed_at_once: int = 1 << 19
    """Pairs that are in memory together."""

    @classmethod
    def build(cls, hashes: NDArray[np.uint8]) -> NearIndex:
        """The index of uint8 ``[hashes, 32]``."""
        mixed = mix(hashes)
        words = _words(mixed)
        starts = np.zeros((WORDS, (1 << WORD_BITS) + 1), np.uint32)
        order = np.empty((WORDS, len(hashes)), np.uint32)
        for at in range(WORDS):
            of_word = np.ascontiguousarray(words[:, at])
            order[at] = np.argsort(of_word, kind="stable")
            starts[at, 1:] = np.cumsum(np.bincount(of_word, minlength=1 << WORD_BITS))
        return cls(mixed, starts, order)

    def __len__(self) -> int:
        return int(self.mixed.shape[1])

    def within(self, queries: NDArray[np.uint8], max_distance: int) -> Found:
        """All hashes within a distance of each query, the distance included.

        Args:
            queries: uint8 ``[queries, 32]``; many at once are cheaper than one by one.
            max_distance: bits, 0..``MOST_DISTANCE``.
        """
        if not 0 <= max_distance <= MOST_DISTANCE:
            raise ValueError(f"a distance lies between 0 and {MOST_DISTANCE}, not {max_distance}")
        asked = mix(queries)
        flips = max_distance // WORDS
        if len(self) <= _FEW or flips > _MOST_FLIPS:
            pairs = self._all(len(queries))
        else:
            pairs = self._sharing(asked, flips)
        return _joined([self._near(asked, *some, max_distance) for some in pairs])

    def _sharing(self, asked: NDArray[np.uint64], flips: int) -> Iterator[_Pairs]:
        """Queries and rows that share a word but for so many bits, some at a time."""
        words = _words(asked)[:, :, None] ^ _masks(flips)[None, None, :]
        tables = np.arange(WORDS)[None, :, None]
        first = self.starts[tables, words].astype(np.int64)
        many = self.starts[tables, words.astype(np.int64) + 1].astype(np.int64) - first
        first += tables * len(self)
        order = self.order.reshape(-1)
        for queries in _parts(many.sum(axis=(1, 2)), self.weighed_at_once):
            counts = many[queries].reshape(-1)
            whose = np.repeat(np.arange(queries.start, queries.stop), many[queries].sum((1, 2)))
            ends = np.cumsum(counts)
            places = np.repeat(first[queries].reshape(-1) - ends + counts, counts)
            places += np.arange(len(places))
            yield whose, order.take(places).astype(np.int64)

    def _all(self, queries: int) -> Iterator[_Pairs]:
        for query in range(queries):
            for start in range(0, len(self), _ROWS_AT_ONCE):
                rows = np.arange(start, min(start + _ROWS_AT_ONCE, len(self)))
                yield np.full(len(rows), query), rows

    def _near(
        self,
        asked: NDArray[np.uint64],
        queries: NDArray[np.int64],
        rows: NDArray[np.int64],
        max_distance: int,
    ) -> Found:
        """Those of the pairs that are near: the first half of a hash tells most that are not."""
        distances = np.zeros(len(rows), np.uint16)
        for half in (0, 1):
            differ = _half(self.mixed, half, rows) ^ _half(asked, half, queries)
            set_bits = np.bitwise_count(differ)
            distances += set_bits[:, 0] + set_bits[:, 1]
            near = np.flatnonzero(distances <= max_distance)
            queries, rows, distances = queries[near], rows[near], distances[near]
        return Found(queries, rows, distances.astype(np.int64))


def _half(mixed: NDArray[np.uint64], half: int, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """uint64 ``[rows, 2]``. By ``take``: plain indexing is ten times as slow on rows so short."""
    taken: NDArray[np.uint64] = mixed[half].take(rows, axis=0)
    return taken


def mix(hashes: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """uint8 ``[n, 32]`` → uint64 ``[2, n, 2]``: halves, their bits in another order.

    Distances stay what they are.
    """
    mixed = np.empty((len(hashes), BYTES), np.uint8)
    places = np.arange(BITS) * SPREAD % BITS
    for start in range(0, len(hashes), _ROWS_AT_ONCE):
        bits = np.unpackbits(hashes[start : start + _ROWS_AT_ONCE], axis=1)
        mixed[start : start + _ROWS_AT_ONCE] = np.packbits(bits[:, places], axis=1)
    return np.ascontiguousarray(mixed.view("<u8").reshape(-1, 2, 2).swapaxes(0, 1))


def _words(mixed: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """uint16 ``[n, 16]``."""
    return np.concatenate(mixed.view("<u2"), axis=1)


@cache
def _masks(flips: int) -> NDArray[np.uint16]:
    """What a word is met by: itself, and itself with up to so many bits flipped."""
    return np.array(
        [
            sum(1 << bit for bit in bits)
            for flipped in range(flips + 1)
            for bits in combinations(range(WORD_BITS), flipped)
        ],
        np.uint16,
    )


def _parts(weights: NDArray[np.int64], most: int) -> Iterator[slice]:
    """Neighbours whose weights together stay in bounds; one alone may weigh anything."""
    start, total = 0, 0
    for at, weight in enumerate(weights.tolist()):
        if total and total + weight > most:
            yield slice(start, at)
            start, total = at, 0
        total += weight
    yield slice(start, len(weights))


def _joined(parts: list[Found]) -> Found:
    """The parts as one; a pair that several words have is one pair."""
    if not parts:
        none = np.zeros(0, np.int64)
        return Found(none, none, none)
    queries, rows, distances = (np.concatenate(each) for each in zip(*parts, strict=True))
    _, firsts = np.unique(np.stack([queries, rows], axis=1), axis=0, return_index=True)
    return Found(queries[firsts], rows[firsts], distances[firsts])
