"""Fixtures of the commands: models, pictures, and ways to run a job in this process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.preprocess.__main__ import main as preprocess_main
from tests import reflection
from tests.models.fakes import export_both_kinds
from tests.pipelines.preprocessing import Preprocess, Set
from tests.pipelines.scoring import Score, starts, ten_pictures

reflection.remember()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A quick bundle for both kinds, whose scores are brightness and length."""
    return export_both_kinds(tmp_path_factory.mktemp("model") / "both")


@pytest.fixture
def score(tmp_path: Path, model: str) -> Score:
    """Run the job as the command line does, in this process; the run's directory comes back."""
    return starts(tmp_path / "runs", model)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Ten grey pictures, dark to bright: ``0.png`` to ``9.png``."""
    return ten_pictures(tmp_path / "pictures")


@pytest.fixture
def preprocess(tmp_path: Path) -> Preprocess:
    """Run the job as the command line does, in this process."""

    def run(*flags: str, run_id: str = "t") -> Set:
        argv = ["--runner=DirectRunner", "--output", str(tmp_path / "sets"), "--run_id", run_id]
        return Set(preprocess_main([*argv, *flags]), tmp_path / "sets" / f"run_id={run_id}")

    return run


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty pictures with nothing in common: ``0.png`` to ``39.png``."""
    folder = tmp_path_factory.mktemp("photos")
    for index in range(40):
        rng = np.random.default_rng(index)
        coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8))
        coarse.resize((80, 60), Image.Resampling.BICUBIC).save(folder / f"{index}.png")
    return folder
