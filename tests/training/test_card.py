"""What a card says of a network that is no longer the preset's."""

from __future__ import annotations

from typing import Any

import pytest

from moderation.training.card import other_parts
from moderation.training.recipes import load_recipe


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        ({"training.epochs": 1}, []),
        ({"image.uri": "keras_hub:./vit"}, ["image encoder"]),
        ({"image.uri": "keras_hub:./vit", "modalities": "text"}, []),
        (
            {"text.uri": "starter:", "fusion.name": "cross_attention"},
            ["text encoder", "fusion"],
        ),
    ],
)
def test_parts_that_the_presets_description_does_not_hold_for_are_named(
    changes: dict[str, Any], told: list[str]
) -> None:
    assert other_parts(load_recipe("entailment_tfhub", changes)) == told
