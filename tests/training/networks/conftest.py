"""Tiny modules, made once; networks, built once for all tests that only look at them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moderation.training.network import Network, build_network
from tests.training.networks import tiny

Built = Callable[..., Network]


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> tiny.Modules:
    return tiny.make_modules(tmp_path_factory.mktemp("modules"))


@pytest.fixture(scope="session")
def built(modules: tiny.Modules) -> Built:
    """Preset and changes → a network that the test must leave as it is."""
    kept: dict[str, Network] = {}

    def build(preset: str, **changes: Any) -> Network:
        key = f"{preset} {sorted(changes.items())}"
        if key not in kept:
            kept[key] = fresh(preset, modules, **changes)
        return kept[key]

    return build


def fresh(preset: str, modules: tiny.Modules, **changes: Any) -> Network:
    """A network of one's own; ``text__uri`` stands for ``text.uri``."""
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    recipe = tiny.recipe(preset, modules, dotted)
    return build_network(recipe, labels=("yes", "no", "neither"), texts=tiny.TEXTS)
