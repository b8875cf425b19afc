"""The hate stage of a build: where it begins, what it trains, and that it is kept."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from moderation.starter.encoder import BertShape, Weights
from moderation.starter.stored import open_weights
from schemas.card import Card
from workshop.starter import checkpoint, train_hate
from workshop.starter.data import HateSets
from workshop.starter.quantise import floats
from workshop.starter.tokens import Tokenise

_LOG = logging.getLogger(__name__)
_OURS = ("layer", "hate/")


@dataclass(frozen=True, slots=True)
class Begun:
    """The bundle whose layers and heads a training goes on from."""

    version: str
    card_sha256: str
    weights: Weights

    def told(self) -> dict[str, Any]:
        """For the card."""
        return {"version": self.version, "card_sha256": self.card_sha256}


def begin_with(bundle: Path) -> Begun:
    """The layers and heads of a bundle, its int8 as float32.

    Raises:
        ValueError: the SavedModel is of another make.
        OSError: there is none.
    """
    stored, _ = open_weights(bundle)
    text = (bundle / "card.json").read_bytes()
    weights = {name: value for name, value in floats(stored).items() if name.startswith(_OURS)}
    version = Card.model_validate_json(text).version
    return Begun(version, hashlib.sha256(text).hexdigest(), weights)


def between(begun: Weights, trained: Weights, *, kept_share: float) -> Weights:
    """The point between both that has ``kept_share`` of what it began with.

    What a further training forgets comes back sooner than what it learnt is lost (0059).
    """
    return {
        name: kept_share * begun[name] + (1 - kept_share) * value for name, value in trained.items()
    }


def train(
    weights: Weights,
    shape: BertShape,
    sets: HateSets,
    *,
    recipe: train_hate.Recipe,
    tokenise: Tokenise,
    keep: Path | None,
    log: Callable[[str], None] = _LOG.info,
) -> Weights:
    """The layers and heads, mean of the recipe's seeds, each seed kept in ``keep``."""
    given = [value for part in sets.train() for value in (part.texts, part.labels)]
    given += [value for _, value in sorted(weights.items())]

    def once(of_seed: train_hate.Recipe) -> Weights:
        return train_hate.train(weights, shape, sets, tokenise=tokenise, recipe=of_seed, log=log)

    recipes = [replace(recipe, seeds=(seed,)) for seed in recipe.seeds]
    runs = [checkpoint.once(keep, "hate", [each, *given], partial(once, each)) for each in recipes]
    return {name: np.mean([run[name] for run in runs], axis=0) for name in runs[0]}
