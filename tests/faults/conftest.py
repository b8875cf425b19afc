"""A model that costs nothing, and a night over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.forks import Forks
from tests.faults.nights import Night
from tests.models.fakes import export_both_kinds


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A bundle whose scores are brightness and length."""
    return export_both_kinds(tmp_path_factory.mktemp("model") / "both")


@pytest.fixture
def night(forks: Forks, tmp_path: Path, model: str) -> Night:
    """A folder with nothing in it yet."""
    return Night(forks, tmp_path, model)
