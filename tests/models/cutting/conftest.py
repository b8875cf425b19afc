"""The towers, made once a module."""

from __future__ import annotations

import pytest

from tests.models.cutting.towers import Loaded, Towers


@pytest.fixture(scope="module")
def towers() -> Towers:
    return Towers()


@pytest.fixture(scope="module")
def loaded(towers: Towers, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return Loaded(tmp_path_factory.mktemp("models") / "towers", towers.whole, keep=towers)
