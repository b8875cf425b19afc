"""Which hashes lie near others: all of them, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.hashes.near import MOST_DISTANCE, SPREAD, NearIndex


def hashes(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def flipped(some: np.ndarray, bits: int, seed: int) -> np.ndarray:
    """Each hash with so many of its bits turned."""
    random = np.random.default_rng(seed)
    whole = np.unpackbits(some, axis=1)
    for row in whole:
        row[random.choice(256, bits, replace=False)] ^= 1
    return np.packbits(whole, axis=1)


def weighed(known: np.ndarray, queries: np.ndarray, most: int) -> list[tuple[int, int, int]]:
    """By brute force."""
    found = []
    for at, query in enumerate(queries):
        distances = np.bitwise_count(known ^ query).sum(axis=1)
        rows = np.flatnonzero(distances <= most)
        found += [(at, int(row), int(distances[row])) for row in rows]
    return found


def looked_up(index: NearIndex, queries: np.ndarray, most: int) -> list[tuple[int, int, int]]:
    found = index.within(queries, most)
    return list(zip(*(each.tolist() for each in found), strict=True))


@pytest.fixture(scope="module")
def index() -> tuple[NearIndex, np.ndarray]:
    known = hashes(20_000, 1)
    known[5_000:5_400] = flipped(known[:400], 12, 2)
    known[6_000] = known[0]
    return NearIndex.build(known), known


@settings(max_examples=25, deadline=None)
@given(
    bits=st.integers(0, 70), most=st.integers(0, 47), seed=st.integers(0, 2**32), at=st.integers(0)
)
def test_what_brute_force_finds_is_found_and_no_more(
    index: tuple[NearIndex, np.ndarray], bits: int, most: int, seed: int, at: int
) -> None:
    built, known = index
    start = at % 400
    queries = flipped(known[start : start + 20], bits, seed)
    assert looked_up(built, queries, most) == weighed(known, queries, most)


@pytest.mark.parametrize("most", [0, 15, 16, 31, 32, 47, 48, MOST_DISTANCE])
def test_the_distance_itself_is_within(index: tuple[NearIndex, np.ndarray], most: int) -> None:
    built, known = index
    found = looked_up(built, flipped(known[7:8], most, 3), most)
    assert (0, 7, most) in found
    assert (0, 7, most + 1) not in looked_up(built, flipped(known[7:8], most + 1, 3), most)


def test_the_worst_case_of_the_pigeonhole_is_found(index: tuple[NearIndex, np.ndarray]) -> None:
    """Two bits turned in every word but one, which has one: 31, and no word is the same."""
    built, known = index
    bits = np.unpackbits(known[9:10], axis=1)[0]
    places = np.arange(256) * SPREAD % 256
    for word in range(16):
        for bit in range(2 if word else 1):
            bits[places[16 * word + bit]] ^= 1
    assert (0, 9, 31) in looked_up(built, np.packbits(bits)[None], 31)


def test_work_is_cut_where_it_would_be_too_much_at_once(
    index: tuple[NearIndex, np.ndarray],
) -> None:
    built, known = index
    queries = flipped(known[:100], 9, 5)
    whole = looked_up(built, queries, 31)
    assert looked_up(replace(built, weighed_at_once=200), queries, 31) == whole
    assert len(whole) >= 200


def test_nothing_is_near_in_an_empty_index() -> None:
    empty = NearIndex.build(np.zeros((0, 32), np.uint8))
    assert len(empty) == 0
    assert looked_up(empty, hashes(3, 1), 31) == []
    assert looked_up(NearIndex.build(hashes(5_000, 1)), np.zeros((0, 32), np.uint8), 31) == []


def test_a_distance_that_finds_strangers_is_refused(index: tuple[NearIndex, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="between 0 and 64, not 65"):
        index[0].within(hashes(1, 1), 65)
