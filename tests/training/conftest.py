"""Networks, built once for all tests that only look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import tensorflow as tf

from moderation.training import export
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


@pytest.fixture(scope="session")
def served(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Preset and changes → the signature of the SavedModel that such a network is exported as."""
    kept: dict[str, Any] = {}

    def serve(preset: str, **changes: Any) -> Any:
        key = f"{preset} {sorted(changes.items())}"
        if key not in kept:
            folder = tmp_path_factory.mktemp("saved")
            export.save(built(preset, **changes), folder)
            kept[key] = tf.saved_model.load(str(folder))
        return kept[key].signatures["serving_default"]

    return serve
