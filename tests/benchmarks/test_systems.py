"""Every command that the systems' benchmark gives is one that its job takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.systems import plan
from moderation.training.recipes import load_recipe, preset_names
from pipelines.train.options import TrainOptions

PLACES = plan.Places("./minilm", ("train.csv", "val.csv"), "memes.jsonl", Path("/work/systems"))


def test_every_preset_is_a_system() -> None:
    assert sorted(plan.SYSTEMS) == list(preset_names())


@pytest.mark.parametrize("system", plan.SYSTEMS)
def test_what_it_trains_are_recipes(system: str) -> None:
    looked_at = plan.modalities(system)
    steps = plan.steps(PLACES, system)

    assert len(steps) == 1 + 3 * len(looked_at)
    assert len({step.made for step in steps}) == len(steps)
    for step in steps:
        if step.argv[0] == "pipelines.train":
            options, _ = TrainOptions.parse(list(step.argv[1:]))
            recipe = load_recipe(options.preset, options.overrides)
            assert recipe.modalities in looked_at
            assert recipe.image is not None
            assert recipe.image.uri == "efficientnet_lite0"
            assert recipe.image.preprocessing == "own"
            assert recipe.text is not None
            assert recipe.text.uri.split(":")[0] in ("keras_hub", "subwords", "starter")
