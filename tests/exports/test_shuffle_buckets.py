from __future__ import annotations

from collections import Counter
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from moderation.exports.shuffle_buckets import PackRows, bucket_of, buckets_for
from moderation.storage.packing import Pack, open_all


def test_rows_come_out_of_a_pack_as_they_went_in() -> None:
    rows = [["ü\u0000", 2**64 - 1, 0.1, None, {"a": ["\U0001f642"]}], []]
    pack = Pack.of(rows)
    assert (pack.open(), pack.rows) == (rows, 2)


def test_buckets_stay_small_and_even() -> None:
    buckets = buckets_for(1_000_000)
    sizes = Counter(bucket_of(str(number), buckets) for number in range(100_000))
    assert buckets == 245
    assert max(sizes.values()) < 1.3 * 100_000 / buckets


@pytest.mark.parametrize("buffer_rows", [1, 7, 1000])
def test_packing_loses_and_doubles_no_row_however_much_is_buffered(buffer_rows: int) -> None:
    rows = [(f"item {number}", [number]) for number in range(100)]
    expected = [(bucket_of(item, 5), row) for item, row in rows]

    def unpacked(keyed: tuple[int, Pack]) -> list[tuple[int, Any]]:
        assert keyed[1].rows <= buffer_rows
        return [(keyed[0], row) for row in open_all([keyed[1]])]

    with beam.Pipeline("FnApiRunner") as pipeline:
        found = (
            pipeline
            | beam.Create(rows)
            | beam.ParDo(PackRows(5, buffer_rows=buffer_rows))
            | beam.FlatMap(unpacked)
        )
        assert_that(found, equal_to(expected))
