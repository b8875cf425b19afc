from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from apache_beam.pvalue import TaggedOutput

from moderation.datasets.groups.edges import EDGE, PAIR
from moderation.datasets.groups.hubs import HubRules, LinkHubs, SpreadHubs
from moderation.datasets.groups.linked_content import Content
from moderation.datasets.groups.near_images import NearImages, both_hashes
from moderation.datasets.groups.near_texts import jaccard, shingles
from schemas.datasets import ImageHash, Link

WORDS = [f"{a}{b}{c}" for a in "bdfgklm" for b in "aeiou" for c in "nrstv"]


def rules(partitions: int) -> HubRules:
    return HubRules(tuple(Link), NearImages(), partitions)


def contents(count: int = 60) -> list[Content]:
    """Every third the one before with a word changed; every fourth its picture with a bit off."""
    rng = random.Random(4)
    made: list[Content] = []
    words: list[str] = []
    near = 0
    for number in range(count):
        if number % 3 == 2:
            words = [*words[:-1], rng.choice(WORDS)]
        else:
            words = rng.choices(WORDS, k=12)
        near = near ^ (1 << rng.randrange(128)) if number % 4 == 3 else rng.getrandbits(128)
        sha256 = f"{rng.getrandbits(256):064x}"
        made.append(
            Content(f"{rng.getrandbits(128):032x}", [" ".join(words)], [(sha256, f"{near:032x}")])
        )
    made.append(Content(f"{rng.getrandbits(128):032x}", made[0].texts, made[5].pictures))
    return made


def spread(some: list[Content], partitions: int) -> dict[tuple[str, int], list[bytes]]:
    """What meets where, in two bundles."""
    meeting: dict[tuple[str, int], list[bytes]] = {}
    for bundle in (some[::2], some[1::2]):
        step = SpreadHubs(rules(partitions))
        step.start_bundle()
        sent = [keyed for content in bundle for keyed in step.process(content)]
        sent += [late.value for late in step.finish_bundle()]
        for key, blob in sent:
            meeting.setdefault(key, []).append(blob)
    return meeting


def linked(some: list[Content], partitions: int) -> tuple[set[Any], set[Any]]:
    """Edges, and pairs to compare."""
    edges: set[Any] = set()
    pairs: set[Any] = set()
    for keyed in spread(some, partitions).items():
        for out in LinkHubs(rules(partitions)).process(keyed):
            if isinstance(out, TaggedOutput):
                pairs.update(np.frombuffer(out.value, dtype=PAIR).tolist())
            else:
                edges.update(np.frombuffer(out, dtype=EDGE).tolist())
    return edges, pairs


@pytest.mark.parametrize("partitions", [16, 32, 64])
def test_what_is_linked_and_compared_is_the_same_in_any_number_of_partitions(
    partitions: int,
) -> None:
    assert linked(contents(), partitions) == linked(contents(), 8)


@pytest.mark.parametrize("partitions", [8, 64])
def test_likes_are_linked_or_proposed_and_others_are_not(partitions: int) -> None:
    some = contents()
    edges, pairs = linked(some, partitions)
    by_link: dict[int, set[frozenset[int]]] = {}
    for node, root, link in edges:
        by_link.setdefault(link, set()).add(frozenset((node, root)))
    every = list(Link)
    for one, other in combinations(some, 2):
        ends = frozenset(int(key[:16], 16) for key in (one.key, other.key))
        bits = bin(int(one.pictures[0][1], 16) ^ int(other.pictures[0][1], 16)).count("1")
        near = jaccard(shingles(one.texts[0]), shingles(other.texts[0]))
        assert (ends in by_link[every.index(Link.NEAR_IMAGE) + 1]) == (bits <= 6)
        assert (ends in by_link[every.index(Link.TEXT) + 1]) == (one.texts == other.texts)
        assert (ends in by_link[every.index(Link.IMAGE) + 1]) == (one.pictures == other.pictures)
        if 0.7 < near < 1:
            assert tuple(sorted(ends)) in pairs


@pytest.mark.parametrize("partitions", [8, 64])
def test_images_are_linked_by_the_256_bits_of_pdq(partitions: int) -> None:
    rng = random.Random(5)
    near = NearImages(ImageHash.PDQ, 36)
    by = HubRules((Link.NEAR_IMAGE,), near, partitions)
    hashes = [rng.getrandbits(256) for _ in range(20)]
    hashes += [each ^ sum(1 << bit for bit in rng.sample(range(256), 12)) for each in hashes[:8]]
    keys = [f"{rng.getrandbits(128):032x}" for _ in hashes]
    step, edges = SpreadHubs(by), set()
    step.start_bundle()
    for key, each in zip(keys, hashes, strict=True):
        near_hash = both_hashes(f"{each:064x}", "", sha256=key)
        assert not [*step.process(Content(key, [], [("0" * 64, near_hash)]))]
    for late in step.finish_bundle():
        (link, part), blob = late.value
        for out in LinkHubs(by).process(((link, part), [blob])):
            if not isinstance(out, TaggedOutput):
                edges.update(np.frombuffer(out, dtype=EDGE).tolist())
    found = {frozenset((node, root)) for node, root, _ in edges}
    nodes = [int(key[:16], 16) for key in keys]
    assert found == {frozenset((nodes[n], nodes[20 + n])) for n in range(8)}


def test_a_text_costs_the_shuffle_less_than_256_bytes() -> None:
    texts = [Content(key, words, []) for key, words, _ in contents(300)]
    sent = spread(texts, 8)
    near = sum(len(blob) for (link, _), blobs in sent.items() for blob in blobs if "near" in link)
    assert near / len(texts) < 256
