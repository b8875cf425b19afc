"""Recipes: presets, files, single values, and errors that name what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.training.errors import TrainingError
from moderation.training.recipes import PRESETS, load_recipe
from schemas.records import Kind


def test_published_values_stand_in_the_presets() -> None:
    tfhub, concat = load_recipe("entailment_tfhub"), load_recipe("hateful_memes_concat")
    vit, mmbt = load_recipe("roberta_vit"), load_recipe("mmbt")
    assert tfhub.text is not None
    assert tfhub.text.uri.endswith("small_bert/bert_en_uncased_L-2_H-256_A-4/1")
    assert (tfhub.text.sequence_length, tfhub.fusion.project_to) == (128, 256)
    assert tfhub.image is not None
    assert (tfhub.image.uri, tfhub.image.height) == ("applications:ResNet50V2", 128)
    assert concat.image is not None
    assert (concat.image.height, concat.image.preprocessing) == (224, "imagenet")
    assert (concat.fusion.hidden, concat.training.balance) == ((512,), "undersample")
    assert vit.text is not None
    assert (vit.text.layers, vit.fusion.hidden, vit.fusion.dropout) == (8, (256,), 0.5)
    assert mmbt.image is not None
    assert mmbt.image.grid == (5, 5)
    assert {each.kind for each in (concat, vit, mmbt)} == {Kind.MEME}


def test_single_values_are_changed_by_dotted_name() -> None:
    found = load_recipe("mmbt", {"training.epochs": 3, "image.grid": [2, 7], "task": "topic"})

    assert (found.training.epochs, found.task) == (3, "topic")
    assert found.image is not None
    assert found.image.grid == (2, 7)
    assert load_recipe("mmbt").training.epochs != 3


def test_a_file_of_ones_own_is_a_recipe(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text((PRESETS / "mmbt.yaml").read_text().replace("name: mmbt\n", "name: mine\n", 1))

    assert load_recipe(str(path)).name == "mine"


@pytest.mark.parametrize(
    ("name", "overrides", "message"),
    [
        ("mmbd", {}, r"'mmbd' is no preset \(entailment_kerashub, .*\) and no YAML file"),
        ("mmbt", {"training.epochs": 0}, "training.epochs: Input should be greater than 0"),
        ("mmbt", {"training.epoch": 1}, "training.epoch: Extra inputs are not permitted"),
        ("mmbt", {"task.name": "x"}, "'task' has no values of its own"),
        ("mmbt", {"text": None}, "need a text encoder"),
        ("roberta_vit", {"fusion.name": "early"}, "fusion.name: Input should be 'late'"),
    ],
)
def test_what_does_not_hold_is_told(name: str, overrides: dict[str, object], message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        load_recipe(name, overrides)


@pytest.mark.parametrize(
    ("content", "message"),
    [("- a\n", "it is no mapping"), ("name: [\n", "cannot be read")],
)
def test_a_file_that_is_no_recipe_is_told(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(content)

    with pytest.raises(TrainingError, match=message):
        load_recipe(str(path))


@pytest.mark.parametrize("uri", ["applications:ResNet152", "efficientnet_lite0"])
def test_another_network_of_keras_prepares_pixels_its_own_way(uri: str) -> None:
    other = {"image.uri": uri}

    assert load_recipe("mmbt").image.preprocessing == "imagenet"
    assert load_recipe("mmbt", other).image.preprocessing == "own"
    said = load_recipe("mmbt", {"image.preprocessing": "imagenet", **other})
    assert said.image.preprocessing == "imagenet"
