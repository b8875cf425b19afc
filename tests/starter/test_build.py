"""The whole build at a tiny scale, and its result in a process that knows nothing of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.card import Card
from tests.starter import tiny

_LOAD = """
import sys, json, tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
side = int(sys.argv[2])
zeros, none = tf.zeros([3, side, side, 3], tf.uint8), tf.zeros([3])
texts = tf.constant(["i hate cats", "tea with dogs", ""])
hateful = model.signatures["hateful"](text=texts, image=zeros, image_present=none)
pair = model.signatures["entailment"](
    text_1=texts, text_2=texts[::-1], image_1=zeros, image_2=zeros,
    image_1_present=none, image_2_present=none)
print(json.dumps([r["probabilities"].numpy().tolist() for r in (hateful, pair)]))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    inputs = tiny.write_inputs(folder)
    flags = {
        "minilm": inputs.minilm,
        "hatemoji": inputs.hatemoji,
        "edos": inputs.edos,
        "davidson": inputs.davidson,
        "entailment": inputs.entailment[0],
        "memes": inputs.memes,
        "meme_images": folder,
        "out": folder / "out",
    }
    command = [sys.executable, "-m", "moderation.starter.build"]
    for name, value in flags.items():
        command += [f"--{name}", str(value)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "out"


def test_the_build_writes_a_bundle_with_a_valid_card(built: Path) -> None:
    card = Card.model_validate_json((built / "card.json").read_text("utf-8"))
    assert {task.name for task in card.tasks} == {"entailment", "hateful"}
    assert {entry["file"] for entry in card.trained_on} == {
        "hatemoji.csv", "edos.csv", "davidson.csv", "contrast.py", "pairs.csv", "memes.jsonl",
    }  # fmt: skip
    assert str(built.parent) not in (built / "card.json").read_text("utf-8")
    assert "never seen" in (built / "CARD.md").read_text("utf-8")


def test_a_fresh_process_scores_with_what_was_built(built: Path) -> None:
    card = Card.model_validate_json((built / "card.json").read_text("utf-8"))
    side = next(spec.image.height for spec in card.tasks[0].inputs if spec.image)
    command = [sys.executable, "-c", _LOAD, str(built), str(side)]
    out = subprocess.run(command, check=True, capture_output=True, text=True)
    hateful, pair = json.loads(out.stdout.splitlines()[-1])
    assert [len(row) for row in hateful] == [2, 2, 2]
    assert [len(row) for row in pair] == [3, 3, 3]
    assert all(abs(sum(row) - 1) < 1e-5 for row in hateful + pair)


def test_the_pairs_it_learnt_are_told_apart(built: Path) -> None:
    card = Card.model_validate_json((built / "card.json").read_text("utf-8"))
    assert card.metrics["entailment"]["macro_f1"]["value"] > 0.8


def test_a_folder_that_holds_something_is_not_written_over(built: Path) -> None:
    from moderation.starter.build import build
    from moderation.starter.stages import Plan

    inputs = tiny.write_inputs(built.parent / "again")
    with pytest.raises(FileExistsError, match="not empty"):
        build(inputs, built, plan=Plan())
