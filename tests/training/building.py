"""Networks of tiny modules, as a recipe of one's own builds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moderation.training.network import Network, build_network
from tests.training import tiny

Built = Callable[..., Network]
"""Preset and changes → a network that the test must leave as it is."""


def fresh(preset: str, modules: tiny.Modules, **changes: Any) -> Network:
    """A network of one's own; ``text__uri`` stands for ``text.uri``."""
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    recipe = tiny.recipe(preset, modules, dotted)
    return build_network(recipe, labels=("yes", "no", "neither"), texts=tiny.TEXTS)
