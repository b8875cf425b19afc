from __future__ import annotations

import hashlib
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that

from moderation.storage.row_packs import (
    LEAST_BUCKETS,
    MOST_BUCKETS,
    PackKeyed,
    bucket_of,
    buckets_for,
    open_packs,
    pack_rows,
)

ROWS = [
    ("a.jsonl", 7, "id:1", None, ("x", "y"), {"text": "half an emoji \ud83d"}, 0.1),
    ("a.jsonl", 8, "id:2", "label", (), {"text": "long " * 2_000}, float("inf")),
]


def keys(count: int) -> list[str]:
    return [hashlib.blake2b(str(i).encode(), digest_size=16).hexdigest() for i in range(count)]


def test_rows_come_out_of_their_packs_as_they_went_in() -> None:
    packs = [pack_rows(ROWS), pack_rows([]), pack_rows(ROWS[:1])]
    assert [*open_packs(packs)] == [*ROWS, ROWS[0]]


def test_rows_that_say_the_same_are_held_small() -> None:
    row = ("a.jsonl", 1, '{"text": "the same sentence in every row of the file"}')
    assert len(pack_rows([row] * 500)) < 500 * 4


def test_contents_are_spread_evenly() -> None:
    found = [bucket_of(key, 16) for key in keys(4_000)]
    assert {*found} == {*range(16)}
    assert max(map(found.count, range(16))) < 400


@pytest.mark.parametrize(
    ("size", "buckets"), [(0, LEAST_BUCKETS), (200 << 20, 100), (1 << 50, MOST_BUCKETS)]
)
def test_more_input_has_more_buckets(size: int, buckets: int) -> None:
    assert buckets_for(size) == buckets


def test_every_row_is_in_a_pack_of_its_keys_bucket() -> None:
    told = keys(300)

    def whole(packs: list[tuple[int, bytes]]) -> None:
        rows = [(bucket, row) for bucket, pack in packs for row in open_packs([pack])]
        assert all(bucket == bucket_of(row[0], 8) for bucket, row in rows)
        assert sorted(row[0] for _, row in rows) == sorted(told)
        assert len(packs) == 8

    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        rows = [(key, (key, "row")) for key in told]
        lists = [rows[at : at + 70] for at in range(0, len(rows), 70)]
        keyed: Any = pipeline | beam.Create(lists, reshuffle=False)
        assert_that(keyed | PackKeyed(8), whole)
