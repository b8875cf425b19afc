"""``pipelines.train``: from examples to a bundle that ``pipelines.score`` runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from moderation.runs.claim import held
from moderation.training.checkpoint import BEST, LAST
from pipelines.score.__main__ import main as score_main
from pipelines.train.__main__ import main as train_main
from tests.pipelines.trainings import QUICK, Trained, meme_set, pair_set, train
from tests.training.networks import tiny

SYSTEMS = tiny.PRESETS


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Memes without pictures."""
    return meme_set(tmp_path_factory.mktemp("words"))


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Examples of both kinds, with pictures."""
    return {
        "meme": meme_set(tmp_path_factory.mktemp("memes"), pictures=True),
        "tweet_pair": pair_set(tmp_path_factory.mktemp("pairs")),
    }


@pytest.fixture(scope="module")
def quick(words: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """One training, not disturbed."""
    done = train(words, tmp_path_factory.mktemp("quick") / "model", *QUICK, "--epochs", "3")
    assert done.code == 0
    return done


def verdicts(model: Path, source: Path, folder: Path) -> list[dict[str, Any]]:
    flags = ["--runner=DirectRunner", "--model", str(model), "--input", str(source)]
    flags += ["--output", str(folder), "--run_id", "s", "--no_progress"]
    if (model / "policy.yaml").is_file():
        flags += ["--policy", str(model / "policy.yaml")]
    assert score_main(flags) == 0
    rows = pq.read_table(folder / "run_id=s" / "verdicts").to_pylist()
    return [{**row, "probabilities": dict(row["probabilities"])} for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("preset", SYSTEMS)
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
    for heading in ("Intended use", "Limitations", "Training data", "Evaluation", "Calibration"):
        assert f"## {heading}" in page
    for picture in ("learning_curves.png", "reliability.png"):
        assert picture in page
        assert (quick.bundle / picture).read_bytes().startswith(b"\x89PNG")


def test_the_bundle_holds_golden_items_that_a_run_checks(quick: Trained) -> None:
    canary = json.loads((quick.bundle / "canary.json").read_text())

    assert len(canary["items"]) >= 4
    assert {item["kind"] for item in canary["items"]} == {"meme"}
    assert canary["labels"] == {"hateful": ["not_hateful", "hateful"]}


def killed_after_an_epoch(command: list[str], checkpoints: Path) -> None:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 200
    assert process.stderr is not None
    for line in process.stderr:
        assert time.monotonic() < deadline
        if line.startswith("epoch 2 "):
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    process.stderr.close()
    assert (checkpoints / LAST).is_file()
    assert (checkpoints / BEST).is_file()


@pytest.mark.slow
def test_a_killed_training_goes_on_and_ends_with_the_same_weights(
    words: Path, tmp_path: Path
) -> None:
    flags = [*QUICK, "--set", "fusion.dropout=0.3", "--set", "training.balance=undersample"]
    flags += ["--epochs", "12", "--set", "training.early_stopping=null"]
    broken = tmp_path / "broken"
    command = [sys.executable, "-m", "pipelines.train", *flags]
    command += ["--examples", str(words), "--output", str(broken)]
    killed_after_an_epoch(command, tmp_path / "broken.training" / "checkpoints")
    assert not broken.exists()

    resumed = train(words, broken, *flags, "--resume")
    whole = train(words, tmp_path / "whole", *flags)

    assert resumed.code == whole.code == 0
    one, other = (done.card["training"]["history"] for done in (resumed, whole))
    assert [epoch["epoch"] for epoch in one] == list(range(1, 13))
    for mine, theirs in zip(one, other, strict=True):
        assert mine["loss"] == pytest.approx(theirs["loss"], abs=1e-6)
        assert mine["val_loss"] == pytest.approx(theirs["val_loss"], abs=1e-6)
    scores = [
        [item["expected"]["hateful"] for item in json.loads(path.read_text())["items"]]
        for path in (resumed.bundle / "canary.json", whole.bundle / "canary.json")
    ]
    assert np.allclose(*scores, atol=1e-6)


def test_a_checkpoint_of_other_flags_is_refused(
    words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints = tmp_path / "m.training" / "checkpoints"
    checkpoints.mkdir(parents=True)
    np.savez(checkpoints / LAST, identity=np.array("of another"), progress=np.array("{}"))

    unsaid = train(words, tmp_path / "m", *QUICK)
    told = capsys.readouterr().err
    resumed = train(words, tmp_path / "m", *QUICK, "--resume")

    assert unsaid.code == 2
    assert "--resume" in told
    assert resumed.code == 1
    assert "another recipe or other examples" in capsys.readouterr().err


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


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--preset", "nothing"], "no preset"),
        (["--preset", "entailment_kerashub"], "tweet_pair"),
        ([*QUICK, "--set", "fusion.hiden=3"], "fusion.hiden"),
        ([*QUICK, "--fusion", "mmbt"], "mmbt"),
        ([*QUICK, "--modality_dropout", "0.5"], "training.modality_dropout"),
        ([*QUICK, "--augment_images"], "text alone has no images"),
        ([*QUICK, "--text_encoder", "bert_tiny", "--dry_run"], "tfhub:…, keras_hub:…"),
        (["--preset", "mmbt", "--text_encoder", "starter:"], "fusion 'mmbt' attends with BERT"),
        (["--preset", "mmbt", "--image_weights", "no.h5", "--dry_run"], "no weights file"),
        ([*QUICK, "--resume"], "no checkpoint"),
        ([*QUICK, "--resume", "--overwrite"], "one of them"),
        (["--preset", "starter", "--encoder", "minilm"], "python -m workshop.starter.build"),
    ],
)
def test_what_cannot_be_used_is_told_before_anything_is_trained(
    flags: list[str], told: str, words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = train(words, tmp_path / "m", *flags)

    assert done.code == 2
    assert told in capsys.readouterr().err
    assert not done.bundle.exists()


def test_an_encoder_that_is_not_to_be_had_is_named_with_the_remedy(
    words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "nowhere")

    done = train(words, tmp_path / "m", *QUICK, "--text_encoder", f"keras_hub:{folder}")

    told = capsys.readouterr().err
    assert done.code == 2
    assert folder in told
    assert "Hugging Face" in told


def test_what_is_no_set_of_examples_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = train(tmp_path, tmp_path / "m", *QUICK)

    assert done.code == 2
    assert "run directory of preprocess" in capsys.readouterr().err


def test_a_bundle_that_is_there_is_not_written_over(
    quick: Trained, words: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (quick.bundle / "card.json").read_bytes()

    done = train(words, quick.bundle, *QUICK)

    assert done.code == 2
    assert "--overwrite" in capsys.readouterr().err
    assert (quick.bundle / "card.json").read_bytes() == before


def test_the_presets_are_listed_without_tensorflow(capsys: pytest.CaptureFixture[str]) -> None:
    assert train_main(["--list_presets"]) == 0

    told = capsys.readouterr().out
    assert all(preset in told for preset in SYSTEMS)


def test_help_needs_no_tensorflow() -> None:
    code = "import sys; from pipelines.train import __main__ as train\n"
    code += "try: train.main(['--help'])\nexcept SystemExit: pass\n"
    code += "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules"

    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--epochs", "many"], "--epochs"),
        (["--epoch", "3"], "did you mean --epochs?"),
        (["--preset", "mmbt", "run"], "as in --examples run"),
        (["--preset", "mmbt"], "--output is missing: name the directory"),
        (["--output", "m"], "--preset is missing"),
        (
            ["--preset", "mmbt", "--examples", "e", "--output", "m", "--set", "training.seed=[1"],
            "--set 'training.seed=[1'",
        ),
    ],
)
def test_a_flag_that_is_wrong_is_one_line(
    flags: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = train_main(flags)
    except SystemExit as ended:
        code = ended.code

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 2
    assert line.startswith("train: error: ")
    assert told in line


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


@pytest.mark.parametrize("more", [(), ("--resume",), ("--overwrite",)])
def test_a_second_training_into_one_bundle_is_refused_and_touches_nothing(
    words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    work, output = tmp_path / "model.training", tmp_path / "model"
    with held(str(work), what="the first"):
        last = work / "checkpoints" / LAST
        last.parent.mkdir()
        last.write_bytes(b"the first's")
        assert train(words, output, *QUICK, "--epochs", "1", *more).code == 2
        assert f"train: error: --output {str(output)!r}: process {os.getpid()} on " in (
            capsys.readouterr().err
        )
        assert last.read_bytes() == b"the first's"
    assert not output.exists()


def test_what_overwrite_gives_up_is_not_the_claim(words: Path, tmp_path: Path) -> None:
    work = tmp_path / "model.training"
    (work / "checkpoints").mkdir(parents=True)
    (work / "checkpoints" / LAST).write_bytes(b"of another training")
    done = train(words, tmp_path / "model", *QUICK, "--epochs", "1", "--overwrite")
    assert done.code == 0
    assert not (work / "_claim").exists()
