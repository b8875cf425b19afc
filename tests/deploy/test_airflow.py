"""The DAGs in a real Airflow, which has an environment of its own: ``make nightly-test``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.score.options import ScoreOptions
from tests.pipelines.scoring import Finished

ROOT = Path(__file__).resolve().parents[2]
DAGS = ROOT / "deploy" / "nightly" / "airflow"
AIRFLOW = ROOT / ".venv-airflow" / "bin" / "python"
SAMPLE = ROOT / "moderation" / "samples"
pytestmark = [
    pytest.mark.skipif(
        not AIRFLOW.exists(), reason="no .venv-airflow: `make nightly-test` makes it"
    ),
    pytest.mark.slow,
    pytest.mark.timeout(600),
]


@dataclass(frozen=True)
class Loaded:
    """What Airflow said of the DAGs, and what one of them left."""

    facts: dict[str, Any]
    run: Finished
    told: str


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    root = tmp_path_factory.mktemp("airflow")
    night = root / "items" / "dt=2026-01-01"
    night.mkdir(parents=True)
    shutil.copy(SAMPLE / "memes.jsonl", night)
    shutil.copytree(SAMPLE / "images", night / "images")
    environment = os.environ | {
        "AIRFLOW_HOME": str(root / "home"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "300",  # a busy machine takes longer than 30 s
        "MODERATION_ITEMS": str(root / "items"),
        "MODERATION_RUNS": str(root / "runs"),
        "MODERATION_PYTHON": sys.executable,
    }
    facts = root / "facts.json"
    command = [str(AIRFLOW), str(Path(__file__).with_name("in_airflow.py")), str(DAGS), str(facts)]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told[-4000:]
    run = Finished(0, root / "runs" / "run_id=2026-01-01")
    return Loaded(json.loads(facts.read_text()), run, told)


def test_airflow_imports_the_dags(loaded: Loaded) -> None:
    assert loaded.facts["errors"] == {}
    assert set(loaded.facts["dags"]) == {"moderation_nightly", "moderation_nightly_dataflow"}


def test_missed_nights_are_made_up_for_one_at_a_time_and_a_start_is_for_the_night_before(
    loaded: Loaded,
) -> None:
    for facts in loaded.facts["dags"].values():
        assert facts["catchup"] is True
        assert facts["max_active_runs"] == 1
        assert facts["night"] == "2026-01-01"  # of a start on the second, at half past one
        assert facts["retries"]["score"] == 2
        assert facts["alerts"]["score"]


def test_the_task_really_scores_the_nights_items(loaded: Loaded) -> None:
    assert loaded.facts["state"] == "success", loaded.told[-4000:]
    assert (loaded.run.path / "_SUCCESS").exists()
    assert loaded.run.json("manifest.json")["run_id"] == "2026-01-01"
    assert loaded.run.account["read"] == 24
    assert "--input=" in loaded.told
    assert "dt=2026-01-01/ " in loaded.told


def test_the_template_is_started_with_flags_of_the_job(loaded: Loaded) -> None:
    launch = loaded.facts["flex"]
    assert launch["jobName"] == "moderation-2026-01-01"
    flags = [f"--{name}={value}" for name, value in launch["parameters"].items()]
    options, rest = ScoreOptions.parse(flags)
    assert rest == []
    assert options.run_id == "2026-01-01"
    assert options.input[0].endswith("/items/dt=2026-01-01")
    assert options.reuse == ("latest",)
