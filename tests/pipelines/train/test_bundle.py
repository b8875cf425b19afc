"""From examples to a bundle that ``pipelines.score`` runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.pipelines.trainings import QUICK, Trained, train, verdicts
from tests.training import tiny


@pytest.mark.slow
@pytest.mark.parametrize("preset", tiny.PRESETS)
def test_every_published_system_is_trained_exported_and_scores(
    preset: str, sets: dict[str, Path], modules: tiny.Modules, tmp_path: Path
) -> None:
    kind = "tweet_pair" if preset.startswith("entailment") else "meme"
    values = {**tiny.overrides(preset, modules), "training.epochs": 1}
    assignments = [
        part for name, value in values.items() for part in ("--set", f"{name}={json.dumps(value)}")
    ]

    done = train(sets[kind], tmp_path / "model", "--preset", preset, *assignments, "--no_progress")

    assert done.code == 0
    task = done.card["tasks"][0]
    assert task["kind"] == kind
    assert task["features"] is not None
    source = sets[kind].parent / "labelled.jsonl"
    found = verdicts(done.bundle, source, tmp_path / "runs")
    assert len(found) == len(source.read_text().splitlines())
    assert all(sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-4) for row in found)
    if kind == "meme":
        assert {tuple(row["modalities"]) for row in found} == {("text", "img"), ("text",)}


@pytest.mark.slow
def test_a_model_trained_in_mixed_precision_is_exported_in_full(
    sets: dict[str, Path], modules: tiny.Modules, tmp_path: Path
) -> None:
    values = {**tiny.overrides("hateful_memes_concat", modules), "training.epochs": 1}
    flags = [
        part for name, value in values.items() for part in ("--set", f"{name}={json.dumps(value)}")
    ]
    flags += ["--preset", "hateful_memes_concat", "--no_progress", "--mixed_precision", "--xla"]

    done = train(sets["meme"], tmp_path / "model", *flags)

    assert done.code == 0
    found = verdicts(done.bundle, sets["meme"].parent / "labelled.jsonl", tmp_path / "runs")
    assert all(sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-6) for row in found)


def test_a_trained_model_learnt_what_the_examples_show(quick: Trained) -> None:
    assert quick.card["metrics"]["test"]["roc_auc"]["value"] > 0.85


def test_the_card_says_what_it_learnt_from_and_how_good_it_is(quick: Trained, words: Path) -> None:
    card = quick.card
    info = json.loads((words / "info.json").read_text())

    assert card["trained_on"][0]["content_digest"] == info["content_digest"]
    assert card["training"]["history"][0]["val_labels"]["1"].keys() >= {"precision", "recall", "f1"}
    assert 0 < card["tasks"][0]["thresholds"]["hateful"] < 1
    assert card["metrics"]["reliability"].keys() == {"ece_before", "ece_after"}
    page = (quick.bundle / "CARD.md").read_text()
    told = yaml.safe_load(page.split("---\n", 2)[1])
    assert told["pipeline_tag"] == "text-classification"
    [result] = told["model-index"][0]["results"]
    figures = {each["type"]: each["value"] for each in result["metrics"]}
    assert figures["roc_auc"] == card["metrics"]["test"]["roc_auc"]["value"]
    for heading in ("Intended use", "Limitations", "Training data", "Evaluation", "Calibration"):
        assert f"## {heading}" in page
    for picture in ("learning_curves.png", "reliability.png"):
        assert picture in page
        assert (quick.bundle / picture).read_bytes().startswith(b"\x89PNG")


def test_the_bundle_holds_golden_items_that_a_run_checks(quick: Trained) -> None:
    golden = json.loads((quick.bundle / "canary.json").read_text())

    assert len(golden["items"]) >= 4
    assert {item["kind"] for item in golden["items"]} == {"meme"}
    assert golden["labels"] == {"hateful": ["not_hateful", "hateful"]}


def test_a_training_that_diverges_stops_and_says_what_to_try(
    words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [*QUICK, "--set", "training.learning_rate=1e38", "--set", "training.clip_norm=null"]

    done = train(words, tmp_path / "m", *flags, "--epochs", "20")

    told = capsys.readouterr().err
    assert done.code == 1
    assert "--learning_rate" in told
    assert "batch" in told
    assert not done.bundle.exists()


def test_the_card_holds_no_path_of_this_machine(quick: Trained, words: Path) -> None:
    for name in ("card.json", "CARD.md"):
        assert str(words.parent) not in (quick.bundle / name).read_text()


def test_what_is_done_is_said_unless_no_progress_is_wanted(
    words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [flag for flag in QUICK if flag != "--no_progress"]

    train(words, tmp_path / "m", *flags, "--dry_run")
    told = capsys.readouterr().err
    train(words, tmp_path / "m", *QUICK, "--dry_run")
    silent = capsys.readouterr().err

    assert "loading TensorFlow" in told
    assert silent == ""
