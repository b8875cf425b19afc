"""``--log_format json``: every line a command and its workers write."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults.forks import Child, Forks
from tests.pipelines.scoring import memes, write_jsonl


def _lines(child: Child) -> list[dict[str, Any]]:
    """All that was written, each line of which must be JSON."""
    return [json.loads(line) for line in (*child.told.splitlines(), *child.said.splitlines())]


def _started(forks: Forks, folder: Path, argv: list[str]) -> Child:
    common = ["--output", str(folder / "runs"), "--run_id", "2026-01-31", "--log_format", "json"]
    return forks.start("pipelines.score", [*common, *argv], folder / "told")


@pytest.mark.slow
def test_workers_name_the_run_and_the_last_line_has_the_code(
    forks: Forks, pictures: Path, model: str, tmp_path: Path
) -> None:
    rows = write_jsonl(pictures / "memes.jsonl", memes(20))
    argv = ["--direct_num_workers", "2", "--direct_running_mode", "multi_processing"]
    child = _started(forks, tmp_path, [*argv, "--input", rows, "--model", model])
    assert child.wait() == 0, child.told
    lines = _lines(child)
    assert {line["run_id"] for line in lines[1:]} == {"2026-01-31"}
    assert "run_id" not in lines[0], "it has none yet"
    loaded = [line for line in lines if line["message"].endswith(" s")]
    assert {line["logger"] for line in loaded} == {"moderation.models.handler"}
    assert child.pid not in {line["pid"] for line in loaded}, "workers load it"
    assert lines[-1]["exit_code"] == 0
    assert "run 2026-01-31 committed" in lines[-1]["message"]


def test_an_error_is_one_line_with_its_code(forks: Forks, tmp_path: Path) -> None:
    child = _started(forks, tmp_path, ["--input", str(tmp_path / "none.jsonl")])
    assert child.wait() == 2
    last = _lines(child)[-1]
    assert (last["severity"], last["exit_code"]) == ("ERROR", 2)
    assert "none.jsonl" in last["message"]


def test_a_stopped_run_says_so_in_json(
    forks: Forks, pictures: Path, model: str, tmp_path: Path
) -> None:
    rows = write_jsonl(pictures / "memes.jsonl", memes(4000))
    child = _started(forks, tmp_path, ["--input", rows, "--model", model])
    while not (tmp_path / "runs" / "run_id=2026-01-31").exists():
        assert child.alive, child.told
        time.sleep(0.01)
    child.signal(signal.SIGTERM)
    assert child.wait() == 143
    last = _lines(child)[-1]
    assert (last["severity"], last["exit_code"]) == ("ERROR", 143)
    assert last["message"].startswith("stopped by SIGTERM")
