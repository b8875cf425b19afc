"""Networks, built once for all tests that only look at them."""

from __future__ import annotations

from typing import Any

import pytest

from moderation.training.network import Network
from tests.training import tiny
from tests.training.building import Built, fresh


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
