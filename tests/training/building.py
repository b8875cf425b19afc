"""Networks of tiny modules, as a recipe of one's own builds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import keras

from moderation.training.network import Network, Prepare, build_network, text_fields
from tests.training import tiny

Built = Callable[..., Network]
"""Preset and changes → a network that the test must leave as it is."""
_TOKENISERS: dict[tuple[str, ...], Prepare] = {}


def fresh(preset: str, modules: tiny.Modules, **changes: Any) -> Network:
    """A network of one's own; ``text__uri`` stands for ``text.uri``.

    All that learns is its own. A published encoder's tokeniser takes longer to trace than the rest
    takes to build: it is that of the first network that reads texts alike.
    """
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    recipe = tiny.recipe(preset, modules, dotted)
    network = build_network(recipe, labels=("yes", "no", "neither"), texts=tiny.TEXTS)
    if recipe.text is None or recipe.text.uri.startswith(("subwords:", "starter:")):
        return network
    reads = recipe.text.model_dump_json(exclude={"layers", "trainable"})
    alike = (reads, *text_fields(recipe), keras.config.dtype_policy().name)
    return replace(network, prepare=_TOKENISERS.setdefault(alike, network.prepare))
