from __future__ import annotations

from pathlib import Path

import pytest

from moderation.training.errors import TrainingError
from moderation.training.run import Order, settle


def order(output: Path, *, resume: bool = False, overwrite: bool = False) -> Order:
    return Order(
        recipe=None,
        examples=(),
        output=output,
        rule=None,
        licence="",
        version="",
        resume=resume,
        overwrite=overwrite,
        show_progress=False,
    )


def test_a_bundle_that_is_given_up_stays_until_another_takes_its_place(tmp_path: Path) -> None:
    output = tmp_path / "model"
    output.mkdir()
    (output / "card.json").write_text("{}")
    with pytest.raises(TrainingError, match="is there already"):
        settle(order(output))
    settle(order(output, overwrite=True))
    assert (output / "card.json").exists()
    (tmp_path / "model.training" / "checkpoints").mkdir()
    settle(order(output, resume=True))  # what was killed goes on, and may replace it still
    assert (output / "card.json").exists()


def test_what_is_no_bundle_is_not_given_up(tmp_path: Path) -> None:
    (tmp_path / "photographs").mkdir()
    (tmp_path / "photographs" / "1.jpg").write_text("")
    with pytest.raises(TrainingError, match="replaces a bundle"):
        settle(order(tmp_path / "photographs", overwrite=True))
