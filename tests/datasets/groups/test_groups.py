from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.datasets.groups.components import ROUNDS, Groups, contracted, send_edges
from moderation.datasets.groups.edges import EDGE
from moderation.storage.packing import gathered

Edges = list[tuple[int, int]]


def array(edges: Edges) -> bytes:
    return np.array([(node, other, 0) for node, other in edges], dtype=EDGE).tobytes()


def settle(edges: Edges, *, rounds: int = ROUNDS, partitions: int = 8) -> Groups:
    """The rounds as the pipeline lays them out, without an engine."""
    blobs = [array(edges)] if edges else []
    for number in range(rounds):
        meeting: dict[int, list[bytes]] = {}
        for blob in blobs:
            for part, sent in send_edges(blob, partitions):
                meeting.setdefault(part, []).append(sent)
        last = number == rounds - 1
        blobs = [contracted(gathered(some, EDGE), with_roots=last) for some in meeting.values()]
    return Groups.of(blobs)


def expected(edges: Edges) -> dict[int, int]:
    """Union-find, plainly."""
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        parent.setdefault(node, node)
        while parent[node] != node:
            node = parent[node]
        return node

    for one, other in edges:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {node: root(node) for node in parent}


NODES = st.integers(min_value=1, max_value=40).map(lambda small: small * (2**58 + 12_345))


@given(st.lists(st.tuples(NODES, NODES), max_size=60))
def test_groups_are_the_connected_components_named_by_their_smallest(edges: Edges) -> None:
    edges = [edge for edge in edges if edge[0] != edge[1]]
    groups = settle(edges)
    assert groups.unsettled == 0
    assert {node: groups.roots.get(node, node) for node in expected(edges)} == expected(edges)


@pytest.mark.parametrize("order", ["sorted", "mixed"])
def test_a_chain_of_ten_thousand_settles_within_the_rounds(order: str) -> None:
    rng = random.Random(1)
    nodes = [rng.getrandbits(64) for _ in range(10_000)]
    if order == "sorted":
        nodes.sort()
    groups = settle(list(zip(nodes[1:], nodes, strict=False)), partitions=64)
    assert groups.unsettled == 0
    assert set(groups.roots.values()) == {min(nodes)}
    assert set(groups.roots) == set(nodes)


def test_too_few_rounds_are_noticed() -> None:
    rng = random.Random(1)
    nodes = [rng.getrandbits(64) for _ in range(2_000)]
    groups = settle(list(zip(nodes[1:], nodes, strict=False)), rounds=1, partitions=64)
    assert groups.unsettled > 0


def test_the_order_of_edges_does_not_matter() -> None:
    rng = random.Random(2)
    edges = [(rng.getrandbits(64) | 1, rng.choice((2, 4, 6))) for _ in range(300)]
    shuffled = rng.sample(edges, len(edges))
    assert settle(edges).roots == settle(shuffled).roots
