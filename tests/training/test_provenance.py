"""What a card says of where its parts came from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from moderation.training.provenance import public_name, public_recipe
from moderation.training.recipes import load_recipe


def test_a_folder_is_told_by_its_name_and_what_is_in_it(tmp_path: Path) -> None:
    for home in ("one", "other"):
        (tmp_path / home / "bert").mkdir(parents=True)
        (tmp_path / home / "bert" / "config.json").write_text("{}")

    def told(home: str) -> str:
        uri = f"keras_hub:{tmp_path}/{home}/bert/"
        return str(public_recipe(load_recipe("mmbt", {"text.uri": uri}))["text"]["uri"])

    before = told("one")
    assert before.startswith("keras_hub:bert@sha256:")
    assert before == told("other")
    (tmp_path / "other" / "bert" / "config.json").write_text("{ }")
    assert before != told("other")


def test_no_path_of_the_machine_is_left_in_a_recipe(tmp_path: Path) -> None:
    weights = tmp_path / "vit.weights.h5"
    weights.write_bytes(b"weights")
    folder = tmp_path / "module"
    folder.mkdir()
    changes = {
        "text.uri": f"tfhub:file://{folder}", "text.preprocessor": str(folder),
        "image.weights": str(weights),
    }  # fmt: skip

    told = public_recipe(load_recipe("entailment_tfhub", changes))

    assert str(tmp_path) not in json.dumps(told)
    assert told["image"]["weights"] == (
        f"vit.weights.h5@sha256:{hashlib.sha256(b'weights').hexdigest()}"
    )


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("bert_tiny_en_uncased", "bert_tiny_en_uncased"),
        ("hf://user/model", "hf://user/model"),
        ("https://me:word@hub.test/model/3?sig=abc#x", "https://hub.test/model/3"),
        ("/no/such/folder/", "folder"),
        ("file:///no/such/folder", "folder"),
        ("./folder", "folder"),
        ("~/models/bert", "bert"),
        ("imagenet", "imagenet"),
    ],
)
def test_names_keep_what_anybody_can_look_up(reference: str, told: str) -> None:
    assert public_name(reference) == told


def test_names_of_what_is_calculated_stay() -> None:
    recipe = load_recipe("hateful_memes_concat")

    assert public_recipe(recipe) == recipe.model_dump(mode="json")
