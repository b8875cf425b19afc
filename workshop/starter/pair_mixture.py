"""What one epoch of the pair's net is made of: pairs by others, of our own, and ordinary posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

from workshop.starter import pair_posts, pair_sentences
from workshop.starter.data import Events, Outside, Pairs
from workshop.starter.outside_pairs import joined, pairs_of, taken
from workshop.starter.pair_scenes import NEITHER

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Mixture:
    """How many pairs of each kind an epoch has."""

    own: int = 11_000
    """Of our own forms, drawn anew."""
    posts: int = 3000
    """Of ordinary posts: at random, repeated, turned round by one word."""
    events: int = 2500
    """Two posts about one event that say different things."""
    outside: Mapping[str, int] = field(
        default_factory=lambda: {
            "captions": 9000,
            "lexical": 2400,
            "negation": 4200,
            "monotonicity": 1000,
        }
    )
    """By others, by source, at most."""
    labelled_copies: int = 2
    labelled_weights: tuple[float, float, float] = (2.0, 3.0, 1.0)
    """Of the labels of labelled tweet pairs, five in six of which are NoEntailment."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What pairs are drawn from, and what is kept to judge by."""

    labelled: Pairs
    labelled_held_back: Sequence[int]
    """Places among all labelled pairs."""
    outside: Outside
    events: Events
    posts: Sequence[str]
    posts_held_back: Sequence[str]


def epoch(sources: Sources, mixture: Mixture, random: Random) -> tuple[Pairs, Array]:
    """The pairs of one epoch in no order, and their weights [n], 1 on average of each kind."""
    parts = [
        pair_sentences.draw(mixture.own, random),
        pair_sentences.draw(mixture.posts, random, posts=sources.posts, posts_share=1.0),
        of_events(sources.events.train, mixture.events, random),
    ]
    for name, count in mixture.outside.items():
        if name in sources.outside.train:
            parts.append(some(sources.outside.train[name], count, random))
    drawn = [part for part in parts if part is not None]
    weights = [np.ones(len(part.labels)) for part in drawn]
    of_label = np.array(mixture.labelled_weights)[sources.labelled.labels]
    for _ in range(mixture.labelled_copies):
        drawn.append(sources.labelled)
        weights.append(of_label / of_label.mean())
    return joined(drawn), np.concatenate(weights).astype(np.float32)


def of_events(posts: Mapping[str, Sequence[str]], count: int, random: Random) -> Pairs | None:
    """Pairs of posts about one event, of large events more, but less than they have posts.

    None: there are none that say different things.
    """
    names = sorted(posts)
    chosen = random.choices(names, [len(posts[name]) ** 0.5 for name in names], k=count)
    found = [pair_posts.of_one_event(posts[name], random) for name in chosen]
    rows = [(*pair, NEITHER) for pair in found if pair is not None]
    return pairs_of(rows) if rows else None


def at_random(posts: Sequence[str], count: int, random: Random) -> Pairs:
    """Pairs of two posts that are not the same one."""
    count = min(count, len(posts))
    drawn = (random.sample(list(posts), 2) for _ in range(count))
    return pairs_of([(first, second, NEITHER) for first, second in drawn])


def some(pairs: Pairs, count: int, random: Random) -> Pairs:
    """At most ``count``, and no label more often than half of that."""
    order = list(range(len(pairs.labels)))
    random.shuffle(order)
    left = dict.fromkeys(map(int, np.unique(pairs.labels)), max(1, count // 2))
    chosen: list[int] = []
    for row in order:
        label = int(pairs.labels[row])
        if left[label] and len(chosen) < count:
            left[label] -= 1
            chosen.append(row)
    return taken(pairs, chosen)
