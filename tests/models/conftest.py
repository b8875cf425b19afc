"""A model without a card, and a bundle with one; both are left as they are."""

from __future__ import annotations

import pytest

from tests.models import fakes


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> str:
    return fakes.export_fake_entailment(tmp_path_factory.mktemp("models") / "bare")


@pytest.fixture(scope="module")
def carded(tmp_path_factory: pytest.TempPathFactory) -> str:
    return fakes.export_both_kinds(tmp_path_factory.mktemp("models") / "carded")
