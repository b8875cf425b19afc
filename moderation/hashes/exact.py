"""Which of many digests are those of a few files: MD5 and SHA-256, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class ExactIndex:
    """Digests in order; the arrays may be mapped from a file."""

    digests: NDArray[np.uint8]
    """uint8 ``[digests, bytes]``, by ``keys``."""
    keys: NDArray[np.uint64]
    """uint64 ``[digests]``: the first eight bytes, ascending."""
    order: NDArray[np.uint32]
    """uint32 ``[digests]``: which row each was when the index was built."""

    @classmethod
    def build(cls, digests: NDArray[np.uint8]) -> ExactIndex:
        """The index of uint8 ``[digests, bytes]``."""
        keys = _keys(digests)
        order = np.argsort(keys, kind="stable").astype(np.uint32)
        return cls(digests.take(order, axis=0), keys.take(order), order)

    def __len__(self) -> int:
        return len(self.keys)

    def equal(self, queries: Sequence[bytes]) -> list[list[int]]:
        """For each query the rows that are equal to it, ascending."""
        if not queries:
            return []
        asked = np.frombuffer(b"".join(queries), np.uint8).reshape(len(queries), -1)
        keys = _keys(asked)
        first = np.searchsorted(self.keys, keys, "left")
        last = np.searchsorted(self.keys, keys, "right")
        return [
            self.order[low:high][(self.digests[low:high] == query).all(axis=1)].tolist()
            for query, low, high in zip(asked, first, last, strict=True)
        ]


def _keys(digests: NDArray[np.uint8]) -> NDArray[np.uint64]:
    first = np.ascontiguousarray(digests[:, :8])
    return first.view(">u8").reshape(-1).astype(np.uint64)
