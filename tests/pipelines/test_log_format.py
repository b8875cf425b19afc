"""``--log_format json``: every line that a command writes; its workers' are in ``test_engines``."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from tests.faults.forks import Child, Forks
from tests.pipelines.scoring import json_lines, memes, write_jsonl


def _started(forks: Forks, folder: Path, argv: list[str]) -> Child:
    common = ["--output", str(folder / "runs"), "--run_id", "2026-01-31", "--log_format", "json"]
    return forks.start("pipelines.score", [*common, *argv], folder / "told")


def test_an_error_is_one_line_with_its_code(forks: Forks, tmp_path: Path) -> None:
    child = _started(forks, tmp_path, ["--input", str(tmp_path / "none.jsonl")])
    assert child.wait() == 2
    last = json_lines(child)[-1]
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
    last = json_lines(child)[-1]
    assert (last["severity"], last["exit_code"]) == ("ERROR", 143)
    assert last["message"].startswith("stopped by SIGTERM")
