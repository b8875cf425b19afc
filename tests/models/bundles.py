"""Bundles with something wrong, and what is said of it."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moderation.models.bundle import open_bundle
from moderation.models.types import BareOptions, ModelError
from schemas.records import ENTAILMENT_LABELS
from tests.models import fakes

LABELS = BareOptions(labels=ENTAILMENT_LABELS)


def refusal(model: str, options: BareOptions | None = None) -> str:
    with pytest.raises(ModelError) as raised:
        open_bundle(model, bare=options)
    return raised.value.told(lambda name: f"--{name}")


def with_card(model: str, path: Path, change: Callable[[dict[str, Any]], None]) -> str:
    """A copy of a bundle with another card."""
    shutil.copytree(model, path)
    card = copy.deepcopy(fakes.both_kinds_card())
    change(card)
    (path / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return str(path)
