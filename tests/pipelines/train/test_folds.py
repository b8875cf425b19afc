"""``--folds``: scores of every example by a network that has not seen it, and no bundle."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from moderation.training.held_out import FILE
from tests.pipelines.trainings import QUICK, train


def test_every_example_is_scored_once_and_a_second_time_only_if_told(
    words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [*QUICK, "--epochs", "1", "--folds", "3"]
    done = train(words, tmp_path / "held_out", *flags)
    assert done.code == 0
    told = capsys.readouterr().out
    with (tmp_path / "held_out" / FILE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert f"scored {len(rows)} items in 3 folds" in told
    assert len({row["item_id"] for row in rows}) == len(rows) == 160
    assert not (tmp_path / "held_out" / "saved_model.pb").exists()
    assert train(words, tmp_path / "held_out", *flags).code == 2
    assert "--overwrite" in capsys.readouterr().err
