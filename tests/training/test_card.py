"""What a card says of a network that is no longer the preset's."""

from __future__ import annotations

from typing import Any

import pytest

from moderation.training.card import describe, other_parts
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


def test_encoders_that_were_given_are_described_and_not_the_presets() -> None:
    recipe = load_recipe("entailment_tfhub", {"image.uri": "keras_hub:./vit"})
    public = recipe.model_dump(mode="json") | {"image": {"uri": "keras_hub:vit@sha256:00"}}

    told = describe(recipe, public)

    assert "images by keras_hub:vit@sha256:00" in told
    assert "ResNet50V2" not in told
    assert told.endswith("Unlike the preset entailment_tfhub: image encoder.")


def test_a_variant_is_described_without_the_part_it_lacks() -> None:
    recipe = load_recipe("hateful_memes_concat", {"modalities": "text"})

    told = describe(recipe, recipe.model_dump(mode="json"))

    assert "text by subwords:" in told
    assert "ResNet" not in told
