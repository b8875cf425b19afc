"""Networks, built once for all tests that only look at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from moderation.training.network import Network
from tests.training import rewriting, tiny
from tests.training.building import Built, fresh


@pytest.fixture(scope="module", autouse=True)
def as_traced() -> Iterator[None]:
    """Graphs of these tests run for a few steps each."""
    with rewriting.spared():
        yield


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
