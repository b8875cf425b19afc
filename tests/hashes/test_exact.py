"""Digests of files, found whole."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from moderation.hashes.exact import ExactIndex


def digests(count: int, kind: str) -> list[bytes]:
    return [hashlib.new(kind, str(each).encode()).digest() for each in range(count)]


@pytest.mark.parametrize("kind", ["md5", "sha256"])
def test_what_is_there_is_found_and_what_is_not_is_not(kind: str) -> None:
    known = digests(1_000, kind)
    known.append(known[3])
    index = ExactIndex.build(np.frombuffer(b"".join(known), np.uint8).reshape(1_001, -1))
    others = [hashlib.new(kind, b"other").digest(), known[5][:-1] + bytes([known[5][-1] ^ 1])]
    assert index.equal([known[7], *others, known[3]]) == [[7], [], [], [3, 1_000]]


def test_an_empty_index_has_nothing() -> None:
    index = ExactIndex.build(np.zeros((0, 16), np.uint8))
    assert len(index) == 0
    assert index.equal(digests(2, "md5")) == [[], []]
    assert index.equal([]) == []
