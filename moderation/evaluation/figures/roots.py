"""Which items hang together by their content, as the edges that grouping found say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.datasets.groups.components import contracted
from moderation.datasets.groups.edges import EDGE
from moderation.storage.packing import gathered


@dataclass(frozen=True, slots=True)
class Roots:
    """Nodes that are not alone, and the smallest of each one's group."""

    nodes: NDArray[np.uint64]
    """Sorted."""
    roots: NDArray[np.uint64]

    @classmethod
    def read(cls, blobs: Iterable[bytes]) -> Roots:
        """From what ``GroupContents`` gave, whatever its rounds left open."""
        entries = gathered(blobs, EDGE)
        edges = np.frombuffer(contracted(entries[entries["link"] == 0]), dtype=EDGE)
        edges = np.sort(edges, order="node")
        return cls(edges["node"].copy(), edges["root"].copy())

    def of(self, nodes: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """``[items]``: each one's group; a node that hangs on no other is its own."""
        if not len(self.nodes):
            return nodes
        places = np.minimum(np.searchsorted(self.nodes, nodes), len(self.nodes) - 1)
        return np.where(self.nodes[places] == nodes, self.roots[places], nodes)
