"""What cannot be trained is told before anything is, and what a command does not load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.train.__main__ import main as train_main
from tests.pipelines.trainings import QUICK, train
from tests.training import tiny


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


def test_the_presets_are_listed_without_tensorflow(capsys: pytest.CaptureFixture[str]) -> None:
    assert train_main(["--list_presets"]) == 0

    told = capsys.readouterr().out
    assert all(preset in told for preset in tiny.PRESETS)


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
