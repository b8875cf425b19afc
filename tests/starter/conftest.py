from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from moderation.starter import bundle_path, tables
from schemas.card import Card


@pytest.fixture(scope="session")
def bundle() -> Path:
    return bundle_path()


@pytest.fixture(scope="session")
def card(bundle: Path) -> Card:
    return Card.model_validate_json((bundle / "card.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def loaded(bundle: Path) -> Any:
    import tensorflow as tf

    return tf.saved_model.load(str(bundle))


@pytest.fixture(scope="session")
def fold(bundle: Path) -> dict[str, str]:
    return tables.read_table(bundle / "assets" / "fold.tsv")


@pytest.fixture(scope="session")
def entities(bundle: Path) -> dict[str, str]:
    return tables.read_table(bundle / "assets" / "entities.tsv")


@pytest.fixture(scope="session")
def vocabulary(bundle: Path) -> dict[str, int]:
    return tables.read_vocabulary(bundle / "assets" / "vocab.txt")
