"""Buckets of items: counted from the rows that manifests announce, so that they stay small."""

from __future__ import annotations

import functools
from typing import Any

from moderation.storage.packing import PackBy, digest64

ROWS_PER_BUCKET = 4096
_BUFFER_ROWS = 65_536


def buckets_for(rows: int) -> int:
    """How many buckets so many rows are dealt into."""
    return max(1, -(-rows // ROWS_PER_BUCKET))


def bucket_of(item_id: str, buckets: int) -> int:
    """The bucket of an item: the same for every table, engine and order."""
    return digest64(item_id) % buckets


class PackRows(PackBy):
    """``(item_id, row)`` → ``(bucket, Pack)``."""

    def __init__(self, buckets: int, *, buffer_rows: int = _BUFFER_ROWS) -> None:
        super().__init__(functools.partial(_in_bucket, buckets=buckets), buffer_rows=buffer_rows)


def _in_bucket(keyed: tuple[str, Any], buckets: int) -> tuple[int, Any]:
    item_id, row = keyed
    return bucket_of(item_id, buckets), row
