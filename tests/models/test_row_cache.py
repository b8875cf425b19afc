"""What encoders gave is kept up to a size, and what was asked for last stays."""

from __future__ import annotations

import numpy as np

from moderation.models.row_cache import RowCache


def row(value: float) -> dict[str, np.ndarray]:
    return {"output": np.full(1000, value, np.float32)}


def test_what_was_not_asked_for_longest_goes_first() -> None:
    cache = RowCache(3 * 4600)  # room for three
    for key in (b"a", b"b", b"c"):
        cache.keep(key, row(ord(key)))
    cache.found([b"a"])
    cache.keep(b"d", row(4))
    assert set(cache.found([b"a", b"b", b"c", b"d"])) == {b"a", b"c", b"d"}


def test_what_is_larger_than_all_room_is_not_kept_and_drives_nothing_out() -> None:
    cache = RowCache(4600)
    cache.keep(b"a", row(1))
    cache.keep(b"b", {"output": np.zeros(100_000, np.float32)})
    assert set(cache.found([b"a", b"b"])) == {b"a"}


def test_a_row_is_a_copy_and_does_not_hold_its_batch() -> None:
    cache, batch = RowCache(1 << 20), np.ones((2, 4), np.float32)
    cache.keep(b"a", {"output": batch[0]})
    batch[0] = 7
    kept = cache.found([b"a"])[b"a"]["output"]
    assert kept.tolist() == [1, 1, 1, 1]
    assert kept.base is None
    cache.clear()
    assert cache.found([b"a"]) == {}
