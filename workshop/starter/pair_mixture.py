"""What one epoch of the pair's net is made of: pairs by others, of our own, and ordinary posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import numpy as np

from workshop.starter import pair_posts, pair_sentences
from workshop.starter.data import Pairs
from workshop.starter.outside_pairs import Events, Outside, pairs_of

CONTRADICTORY, IMPLIES, NEITHER = range(3)


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
            "captions": 9000, "lexical": 2400, "negation": 4200, "monotonicity": 1000,
        }  # fmt: skip
    )
    """By others, by source, at most."""
    labelled_copies: int = 2
    labelled_weights: tuple[float, float, float] = (2.0, 3.0, 1.0)
    """Of the labels of labelled tweet pairs, five in six of which are NoEntailment."""


@dataclass(frozen=True, slots=True)
class Given:
    """What pairs are drawn from."""

    labelled: Pairs
    outside: Outside
    events: Events
    posts: Sequence[str]


def epoch(given: Given, mixture: Mixture, random: Random) -> tuple[Pairs, np.ndarray]:
    """The pairs of one epoch in no order, and their weights, 1 on average of each kind."""
    parts = [
        pair_sentences.draw(mixture.own, random),
        pair_sentences.draw(mixture.posts, random, posts=given.posts, posts_share=1.0),
        of_events(given.events.train, mixture.events, random),
        *(
            _some(given.outside.train[name], count, random)
            for name, count in mixture.outside.items()
            if name in given.outside.train
        ),
    ]
    drawn = [part for part in parts if part is not None]
    weights = [np.ones(len(part.labels)) for part in drawn]
    of_label = np.array(mixture.labelled_weights)[given.labelled.labels]
    for _ in range(mixture.labelled_copies):
        drawn.append(given.labelled)
        weights.append(of_label / of_label.mean())
    return joined(drawn), np.concatenate(weights).astype(np.float32)


def of_events(
    posts: Mapping[str, Sequence[str]], count: int, random: Random
) -> Pairs | None:
    """Pairs of posts about one event, each event as often as any other of some size."""
    names = sorted(posts)
    sizes = [len(posts[name]) ** 0.5 for name in names]
    chosen = random.choices(names, sizes, k=count) if names else []
    found = [pair_posts.of_one_event(posts[name], random) for name in chosen]
    rows = [(*pair, NEITHER) for pair in found if pair is not None]
    return pairs_of(rows) if rows else None


def _some(pairs: Pairs, count: int, random: Random) -> Pairs:
    """At most ``count``, and no label more often than half of all."""
    order = list(range(len(pairs.labels)))
    random.shuffle(order)
    left = {label: count // 2 for label in range(4)}
    chosen = []
    for row in order:
        label = int(pairs.labels[row])
        if left[label] and len(chosen) < count:
            left[label] -= 1
            chosen.append(row)
    return Pairs(
        tuple(pairs.first[row] for row in chosen),
        tuple(pairs.second[row] for row in chosen),
        pairs.labels[chosen],
    )


def joined(parts: Sequence[Pairs]) -> Pairs:
    """All pairs, part after part."""
    return Pairs(
        tuple(text for part in parts for text in part.first),
        tuple(text for part in parts for text in part.second),
        np.concatenate([part.labels for part in parts]),
    )
