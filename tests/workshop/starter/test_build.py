"""The whole build at a tiny scale, and its result in a process that knows nothing of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from moderation.starter import bundle_path
from moderation.starter.encoder import BertShape
from moderation.starter.spelling_lexicon import digests
from moderation.starter.stored import Stored, open_weights
from moderation.training import open_bundle
from schemas.card import Card
from schemas.records import Kind
from tests.training import rewriting
from tests.workshop.starter import tiny
from workshop.starter import (
    bundle,
    checkpoint,
    hate_mix,
    hate_stage,
    meme_sentences,
    pair_base,
    pair_mixture,
    pair_net,
    pair_places,
    pair_stage,
    rebuild,
    stages,
    train_hate,
    train_pair_net,
    train_pairs,
    variants,
)  # fmt: skip
from workshop.starter.data import Sets
from workshop.starter.examples import WrongSets, read_sets
from workshop.starter.model import StarterModel
from workshop.starter.quantise import floats
from workshop.starter.tokens import tokeniser
from workshop.starter.trainer import Descent

pytestmark = pytest.mark.timeout(900)  # the build, two minutes of a core, counts to its first test

_LOAD = """
import sys, json, tensorflow as tf
tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
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


_PLAN = stages.Plan(
    hate=train_hate.Recipe(
        epochs=2,
        mix=hate_mix.Mix(contrast_texts=300),
        descent=Descent(1e-3, warm_up=0.06, weight_decay=0.01, averaged_share=0.3),
        seeds=(7,),
    ),
    pairs=train_pair_net.NetRecipe(
        mixture=pair_mixture.Mixture(
            own=60, posts=20, events=8, outside={"captions": 20, "negation": 8}, labelled_copies=8
        ),
        descent=Descent(3e-3, warm_up=0.1, weight_decay=0.01, averaged_share=0.3),
    ),
    labelled_pairs=train_pairs.PairsRecipe(
        base=pair_base.BaseRecipe(trees=30), repeats=1, folds=2, inner_folds=2
    ),
    held_back_pairs=40,
    eye_epochs=1,
    eye_folds=2,
)


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return tiny.write_sets(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module")
def read(sets: list[str]) -> Sets:
    return read_sets(sets)


@pytest.fixture(scope="module")
def built(sets: list[str]) -> Iterator[Path]:
    folder = Path(sets[0]).parents[1]
    with rewriting.spared():
        bundle.train_from_examples(sets, folder / "out", encoder=folder / "minilm", plan=_PLAN)
        yield folder / "out"


@pytest.fixture(scope="module")
def opened(built: Path) -> tuple[Stored, BertShape]:
    return open_weights(built)


def test_the_build_writes_a_bundle_with_a_valid_card(built: Path) -> None:
    card = Card.model_validate_json((built / "card.json").read_text("utf-8"))
    assert {task.name for task in card.tasks} == {"entailment", "hateful"}
    assert sorted(entry["file"] for entry in card.trained_on) == [
        "davidson", "edos", "hatemoji", "memes", "memes", "nli", "nli", "nli", "pairs", "pairs",
        "posts", "templates",
    ]  # fmt: skip
    own = {e["name"]: e["sha256"] for e in card.trained_on if "this project" in e["source"]}
    assert own == {
        "contrast sentences": meme_sentences.SENTENCES.digest(),
        "pairs of our own": pair_places.SENTENCES.digest(),
    }
    assert str(built.parent) not in (built / "card.json").read_text("utf-8")
    assert "never seen" in (built / "CARD.md").read_text("utf-8")
    assert not built.with_name("out.stages").exists()


@pytest.mark.parametrize("kind", Kind, ids=str)
def test_the_bundle_reproduces_its_golden_items_as_a_run_checks_them(
    built: Path, kind: Kind
) -> None:
    assert open_bundle.main(str(built), kind.value) == 0


def test_the_card_weighs_size_speed_and_pictures(built: Path) -> None:
    card = Card.model_validate_json((built / "card.json").read_text("utf-8"))
    forms = card.metrics["size_speed_quality"]["forms"]
    assert {"float32", "int8 (this bundle)"} <= forms.keys()
    assert all(form["ms_a_text"] > 0 for form in forms.values())
    pictures = card.metrics["with_and_without_pictures"]
    assert "auroc_text_alone" in pictures
    assert "interval_95" in pictures["gained_by_the_picture"]


def test_a_fresh_process_scores_with_what_was_built(built: Path) -> None:
    card = Card.model_validate_json((built / "card.json").read_text("utf-8"))
    side = next(spec.image.height for spec in card.tasks[0].inputs if spec.image)
    command = [sys.executable, "-c", _LOAD, str(built), str(side)]
    out = subprocess.run(command, check=True, capture_output=True, text=True)
    hateful, pair = json.loads(out.stdout.splitlines()[-1])
    assert [len(row) for row in hateful] == [2, 2, 2]
    assert [len(row) for row in pair] == [3, 3, 3]
    assert all(abs(sum(row) - 1) < 1e-5 for row in hateful + pair)


def test_the_pairs_it_learnt_are_told_apart_and_links_change_nothing(built: Path) -> None:
    card = Card.model_validate_json((built / "card.json").read_text("utf-8"))
    assert card.metrics["entailment"]["macro_f1"]["value"] > 0.7
    rows = card.metrics["entailment_of_plain_sentences"]["held_back"]
    assert {"by others: captions", "by others: lexical", "two posts about one event"} <= rows.keys()
    assert all(row["macro_f1"] == row["macro_f1_with_links"] for row in rows.values())


def test_the_net_that_reads_pairs_goes_on_from_a_bundles(
    built: Path, opened: tuple[Stored, BertShape]
) -> None:
    model = StarterModel(*opened, built / "assets")
    start = pair_stage.start(built, {}, model, seed=1)
    assert start.from_bundle
    whole = floats(opened[0])
    assert start.weights.keys() == {
        name for name in whole if name.startswith(f"{pair_net.PREFIX}/")
    }
    assert "pair/layer1/up/kernel" in start.weights


def test_a_bundle_is_built_again_from_its_own_weights(
    built: Path, opened: tuple[Stored, BertShape], sets: list[str], tmp_path: Path
) -> None:
    with rewriting.spared():
        rebuild.build_again(built, tmp_path / "again", examples=sets, hateful_moves=True)

    before, after = opened[0], open_weights(tmp_path / "again")[0]
    for name, weight in before.kernels.items():
        np.testing.assert_array_equal(after.kernels[name].values, weight.values)
    for name, value in before.rest.items():
        np.testing.assert_array_equal(after.rest[name], value)
    old, new = (
        Card.model_validate_json((folder / "card.json").read_text("utf-8"))
        for folder in (built, tmp_path / "again")
    )
    assert new.trained_on == old.trained_on
    assert new.metrics.keys() == old.metrics.keys()
    assert new.metrics["hateful"] == old.metrics["hateful"]
    assert new.metrics["entailment"]["macro_f1"] == old.metrics["entailment"]["macro_f1"]


def test_a_bundle_from_before_there_was_a_list_of_words_gets_one(
    built: Path, read: Sets, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    shutil.copytree(built / "assets", older / "assets")
    (older / "assets" / "words.txt").unlink()

    found = rebuild._assets(older, tmp_path / "tables", read)

    assert (found / "words.txt").read_bytes() == (built / "assets" / "words.txt").read_bytes()
    (vermin,) = digests(tf.constant(["vermin"])).numpy()
    assert vermin in (found / "words.txt").read_bytes().split()


def test_other_sets_than_those_it_was_trained_on_are_refused(
    sets: list[str], tmp_path: Path
) -> None:
    with pytest.raises(WrongSets, match="hatemoji: the bundle was trained on another hatemoji"):
        rebuild.build_again(bundle_path(), tmp_path / "out", examples=sets)
    assert not (tmp_path / "out").exists()


def test_sets_that_are_missing_or_twice_there_are_named(sets: list[str], tmp_path: Path) -> None:
    with pytest.raises(WrongSets, match="lacks davidson, pairs, nli"):
        read_sets(sets[:2])
    with pytest.raises(WrongSets, match="both 'edos'"):
        read_sets([*sets, sets[1]])


def test_a_published_test_row_reaches_neither_training_nor_validation(
    sets: list[str], read: Sets
) -> None:
    raw = (Path(sets[0]).parents[1] / "hatemoji.csv").read_text("utf-8")
    emoji = read.hate.heads[0]
    published = {tuple(line.split(",")[1:]) for line in raw.splitlines()[1:]}
    for name, part in zip(
        ("train", "validation", "test"),
        (emoji.train, emoji.validation, emoji.test),
        strict=True,
    ):
        wanted = {(text, label) for text, label, split in published if split == name}
        assert {(t, str(y)) for t, y in zip(part.texts, part.labels, strict=True)} == wanted


def test_of_the_phrases_only_contempt_of_a_group_counts_as_hate(read: Sets) -> None:
    templates = read.hate.templates
    assert templates is not None
    found = {
        text: int(label)
        for part in (templates.train, templates.validation, templates.test)
        for text, label in zip(part.texts, part.labels, strict=True)
    }
    assert {text for text, label in found.items() if label} == {
        f"Being {word} is vile" for word in ("old", "gay", "blind", "jewish", "asian")
    }
    assert "Ann is a fine gay" in found
    assert "Ann is a vile gay" not in found


def test_the_card_says_for_which_share_of_hate_it_is_calibrated(built: Path) -> None:
    card = Card.model_validate_json((built / "card.json").read_text("utf-8"))
    calibration = card.metrics["hateful"]["calibration"]
    assert 0.4 < calibration["holds_for_a_share_of_hateful_items_of"] < 0.6
    shares = card.metrics["share_of_ordinary_posts_flagged_hateful"]
    assert {"posts about events/validation", "own check of ordinary posts, named"} <= shares.keys()
    assert any("calibrated where" in line for line in card.limitations)


def test_the_hate_stage_goes_on_from_a_bundles_layers_and_heads(
    built: Path, opened: tuple[Stored, BertShape], read: Sets, tmp_path: Path
) -> None:
    begun = hate_stage.begin_with(built)
    stored, shape = opened
    whole = floats(stored)
    assert begun.told()["version"] == bundle.VERSION
    assert begun.weights.keys() == {n for n in whole if n.startswith(("layer", "hate/"))}
    still = train_hate.Recipe(
        epochs=1,
        batch_size=256,
        descent=Descent(0.0, warm_up=0.06, weight_decay=0.0),
        mix=hate_mix.Mix(contrast_texts=8, swapped_copies=0, other_heads_share=0.0),
        trained_layers=1,
        seeds=(7,),
    )

    with rewriting.spared():
        kept = hate_stage.train(
            {**whole, **begun.weights},
            shape,
            read.hate,
            recipe=still,
            tokenise=tokeniser(built / "assets", repaired=True),
            keep=tmp_path,
        )

    for name, weight in kept.items():
        np.testing.assert_array_equal(weight, begun.weights[name])
    assert {"hate/kernel", "hate/bias"} < kept.keys()


def test_a_stage_is_taken_from_where_it_was_kept_and_only_for_the_same_input(
    tmp_path: Path,
) -> None:
    made: list[int] = []

    def make() -> dict[str, np.ndarray[Any, Any]]:
        made.append(1)
        return {"layer0/kernel": np.full(3, len(made), np.float32)}

    first, again, other = (
        checkpoint.once(tmp_path / "kept", "hate", given, make)
        for given in ([1, np.arange(3)], [1, np.arange(3)], [1, np.arange(4)])
    )
    assert [part["layer0/kernel"][0] for part in (first, again, other)] == [1, 1, 2]


def test_int8_counts_a_byte_for_each_weight_of_tables_and_kernels_alone() -> None:
    weights = {
        "word": np.zeros((10, 4), np.float32),
        "layer0/up/kernel": np.zeros((4, 8), np.float32),
        "layer0/up/bias": np.zeros(8, np.float32),
    }
    assert variants.stored_bytes(weights, compact=False) == 4 * 80
    assert variants.stored_bytes(weights, compact=True) == 40 + 32 + 4 * 8
