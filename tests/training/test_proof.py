"""What proves a bundle where nothing of the training is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from moderation.training import proof
from moderation.training.errors import TrainingError
from tests.pipelines import trainings

_ASK = """
import sys
from pathlib import Path
from moderation.training import errors, proof
waiting = proof.Waiting()
try:
    waiting.prove(Path(sys.argv[1]), "meme")
except errors.TrainingError as error:
    print(error)
"""
_KILLED = _ASK.replace(
    "\ntry", "\nimport multiprocessing\nmultiprocessing.active_children()[0].kill()\ntry"
)
_HOLD = """
import multiprocessing, time
from moderation.training import proof
waiting = proof.Waiting()
print(multiprocessing.active_children()[0].pid, flush=True)
time.sleep(60)
"""


needs_fork = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux alone")


def run(script: str, *given: str) -> str:
    """What a process of its own says: nothing may be forked where tests use threads."""
    command = [sys.executable, "-c", script, *given]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@needs_fork
def test_what_does_not_load_is_told_by_a_new_and_by_a_waiting_process(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    (tmp_path / "bundle").mkdir()
    with pytest.raises(TrainingError) as told:
        proof.prove(bundle, "meme")

    assert str(bundle) in str(told.value)
    assert run(_ASK, str(bundle)) == f"{told.value}\n"
    with pytest.raises(TrainingError) as told_too:
        trainings.prove(bundle, "meme")
    assert str(told_too.value) == str(told.value)
    assert [each.name for each in tmp_path.iterdir()] == ["bundle"]


@needs_fork
def test_a_waiting_process_that_was_killed_proves_nothing(tmp_path: Path) -> None:
    said = run(_KILLED, str(tmp_path / "bundle"))

    assert f"ended with -{signal.SIGKILL:d}" in said


@needs_fork
def test_a_waiting_process_ends_with_a_training_that_is_killed() -> None:
    command = [sys.executable, "-c", _HOLD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as training:
        assert training.stdout is not None
        waiting = int(training.stdout.readline())
        training.kill()
    deadline = time.monotonic() + 20
    while _runs(waiting) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not _runs(waiting)


def _runs(pid: int) -> bool:
    """Neither gone nor dead and waited for by nobody."""
    try:
        os.kill(pid, 0)
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] != "Z"
