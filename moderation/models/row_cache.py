"""What encoders gave, kept for the next batches: real nights show the same pictures again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Rows = Mapping[str, NDArray[np.generic]]
"""By output of an encoder, the row of one part of an item."""

_BESIDE = 500
"""Bytes that a row takes beside its numbers, about."""


class RowCache:
    """The rows that were asked for last; thread-safe.

    Args:
        max_bytes: of all rows together.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._rows: OrderedDict[bytes, Rows] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def found(self, keys: Sequence[bytes]) -> dict[bytes, Rows]:
        """Those of the keys that are known."""
        with self._lock:
            known = {key: self._rows[key] for key in keys if key in self._rows}
            for key in known:
                self._rows.move_to_end(key)
        return known

    def keep(self, key: bytes, rows: Rows) -> None:
        """Remember copies of the rows; forget what was not asked for longest."""
        size = _size(rows)
        if size > self._max_bytes:
            return
        copies = {name: row.copy() for name, row in rows.items()}
        with self._lock:
            if key in self._rows:
                return
            self._rows[key] = copies
            self._bytes += size
            while self._bytes > self._max_bytes:
                self._bytes -= _size(self._rows.popitem(last=False)[1])

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._rows.clear()
            self._bytes = 0


def _size(rows: Rows) -> int:
    return _BESIDE + sum(row.nbytes for row in rows.values())
