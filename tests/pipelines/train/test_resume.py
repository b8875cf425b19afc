"""A training that is killed, resumed, and started a second time."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from moderation.runs.claim import held
from moderation.training.checkpoint import BEST, LAST
from tests.faults.forks import Forks
from tests.pipelines.trainings import QUICK, SPARED, Trained, train


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_training_goes_on_and_ends_with_the_same_weights(
    words: Path, tmp_path: Path, forks: Forks
) -> None:
    flags = [*QUICK, "--set", "fusion.dropout=0.3", "--set", "training.balance=undersample"]
    flags += ["--epochs", "12", "--set", "training.early_stopping=null"]
    broken = tmp_path / "broken"
    argv = [*flags, "--examples", str(words), "--output", str(broken)]
    child = forks.start("pipelines.train", argv, tmp_path / "killed", before=[SPARED])
    child.kill_once(lambda: "\nepoch 2 " in child.told)
    checkpoints = tmp_path / "broken.training" / "checkpoints"
    assert (checkpoints / LAST).is_file()
    assert (checkpoints / BEST).is_file()
    assert not broken.exists()

    argv.append("--resume")
    child = forks.start("pipelines.train", argv, tmp_path / "resumed", before=[SPARED])
    assert child.wait() == 0, child.told
    resumed = Trained(0, broken)
    whole = train(words, tmp_path / "whole", *flags)

    assert whole.code == 0
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


def test_a_bundle_that_is_there_is_not_written_over(
    quick: Trained, words: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (quick.bundle / "card.json").read_bytes()

    done = train(words, quick.bundle, *QUICK)

    assert done.code == 2
    assert "--overwrite" in capsys.readouterr().err
    assert (quick.bundle / "card.json").read_bytes() == before


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
