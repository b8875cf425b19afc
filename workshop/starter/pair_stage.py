"""The pair stage of a build: what it draws from, where it begins, and that it is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter.encoder import Weights
from moderation.starter.stored import open_weights
from workshop.starter import (
    checkpoint,
    outside_pairs,
    pair_base,
    pair_gate,
    pair_net,
    pair_sentences,
    train_pair_net,
    train_pairs,
)
from workshop.starter.data import Pairs, Sets
from workshop.starter.model import StarterModel
from workshop.starter.pair_mixture import Sources
from workshop.starter.pair_places import SENTENCES
from workshop.starter.quantise import floats
from workshop.starter.tokens import Tokenise

_LOG = logging.getLogger(__name__)
_BATCH = 64
_OTHERS = 3000
_CODE = checkpoint.code(
    "train_pair_net", "pair_mixture", "pair_net", "pair_sentences", "pair_scenes", "pair_places",
    "pair_posts", "outside_pairs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Start:
    """The weights that the net begins with."""

    weights: Weights
    from_bundle: bool


def sources(sets: Sets, model: StarterModel) -> Sources:
    """What pairs are drawn from; ``model`` knows which texts say the same."""
    ordinary = sets.hate.ordinary
    same = _batched(model.same_words, sets.pairs)
    learnt, held_back = outside_pairs.labelled(sets.pairs, same)
    labelled = outside_pairs.taken(sets.pairs, learnt)
    return Sources(labelled, held_back, sets.outside, sets.events, ordinary.train.texts,
                   ordinary.validation.texts)  # fmt: skip


def start(bundle: Path | None, encoder: Weights, model: StarterModel, *, seed: int) -> Start:
    """The net of ``bundle``, where it has one; else layers of ``encoder``, all else at random."""
    if bundle is not None:
        kept = floats(open_weights(bundle)[0])
        found = {name: kept[name] for name in kept if name.startswith(f"{pair_net.PREFIX}/")}
        if found:
            return Start(found, from_bundle=True)
    return Start(pair_net.initial(encoder, model.shape, seed), from_bundle=False)


def stack(
    model: StarterModel, sets: Sets, drawn_from: Sources, *, recipe: train_pairs.PairsRecipe
) -> train_pairs.Trained:
    """Trees and kernel machine over the labelled pairs, and the gate between them and the net."""
    pairs = sets.pairs
    features = _batched(model.pair_features, pairs)
    trained = train_pairs.train(
        features, pairs.labels, same=_batched(model.same_words, pairs), recipe=recipe
    )
    others = outside_pairs.joined(
        [*drawn_from.outside.train.values(), pair_sentences.draw(_OTHERS, Random(recipe.seed))]
    )
    rows = Random(recipe.seed).sample(range(len(others.labels)), min(_OTHERS, len(others.labels)))
    gate = pair_gate.fit(
        features[:, : pair_base.PLAIN - 1],
        _batched(model.lexical, outside_pairs.taken(others, rows)),
    )
    return replace(trained, weights=trained.weights | gate.as_weights())


def train(
    weights: Weights,
    model: StarterModel,
    drawn_from: Sources,
    *,
    start: Weights,
    recipe: train_pair_net.NetRecipe,
    tokenise: Tokenise,
    keep: Path | None,
    log: Callable[[str], None] = _LOG.info,
) -> Weights:
    """The net's weights, trained once and kept in ``keep``.

    Args:
        weights: of the encoder as the bundle will have it.
        model: with these weights; gives lexical features.
        drawn_from: pairs and posts.
        start: the net's weights to begin with.
        recipe: how.
        tokenise: texts to lists of ids.
        keep: folder of what is kept; None: nothing is.
        log: takes a line an epoch.
    """
    run = partial(
        train_pair_net.train, weights, model.shape, start=start, sources=drawn_from,
        tokenise=tokenise, lexical=model.lexical, recipe=recipe, log=log,
    )  # fmt: skip
    return checkpoint.once(keep, "pairs", _given(weights, start, drawn_from, recipe), run, by=_CODE)


def _batched(run: Callable[..., Any], pairs: Pairs) -> Any:
    parts = []
    for start in range(0, len(pairs.labels), _BATCH):
        rows = slice(start, start + _BATCH)
        parts.append(run(tf.constant(pairs.first[rows]), tf.constant(pairs.second[rows])).numpy())
    return np.concatenate(parts)


def _given(
    weights: Weights, start: Weights, drawn_from: Sources, recipe: train_pair_net.NetRecipe
) -> list[Any]:
    """All that decides the result, arrays in full."""
    both = (drawn_from.outside.train, drawn_from.events.train)
    pairs = [drawn_from.labelled, *(each for _, each in sorted(both[0].items()))]
    of_pairs = [part for each in pairs for part in (each.first, each.second, each.labels)]
    arrays = [np.ascontiguousarray(each) for _, each in sorted({**weights, **start}.items())]
    return [recipe, sorted(both[1].items()), drawn_from.posts, SENTENCES.digest(),
            *of_pairs, *arrays]  # fmt: skip
