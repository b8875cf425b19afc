"""Edges between contents: numbers (the first 64 bits of their keys) in arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from schemas.datasets import Link

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINKS = tuple(Link)
EDGE = np.dtype([("node", "<u8"), ("root", "<u8"), ("link", "<u1")])
"""``node`` hangs together with ``root``; ``link`` is one more than the place in ``LINKS`` of what
ties them, or 0."""
PAIR = np.dtype([("node", "<u8"), ("other", "<u8")])


def edges_between(nodes: NDArray[np.uint64], roots: NDArray[np.uint64], link: Link) -> bytes:
    """An EDGE array, each edge once."""
    edges = array_of(EDGE, node=nodes, root=roots, link=LINKS.index(link) + 1)
    return np.unique(edges).tobytes()


def array_of(dtype: np.dtype[np.void], **columns: Any) -> NDArray[np.void]:
    """Columns, or one value for all rows, side by side."""
    length = max((len(column) for column in columns.values() if np.ndim(column)), default=0)
    array = np.empty(length, dtype=dtype)
    for name, column in columns.items():
        array[name] = column
    return array
