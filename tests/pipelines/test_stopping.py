"""Real commands that are stopped, lose a worker or run out of room: one word of it, and no more."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from moderation.training.checkpoint import LAST
from tests.faults.forks import Before, Child, Forks
from tests.pipelines import jobs
from tests.pipelines.jobs import Jobs
from tests.pipelines.trainings import QUICK, SPARED, meme_set

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROWS = 40
MOMENTS: dict[str, Callable[[Path], bool]] = {
    "claimed": lambda run: (run / "_claim").exists(),
    "writing": lambda run: any(run.glob("_staging/out/*")),
    "placing": lambda run: (run / "examples").exists(),
    "committed": lambda run: (run / "_SUCCESS").exists(),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, model: str) -> Jobs:
    return Jobs.make(tmp_path_factory.mktemp("stopped"), model, rows=ROWS)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return meme_set(tmp_path_factory.mktemp("examples"))


@dataclass(frozen=True)
class Commands:
    """Starts of jobs over the same inputs, each with an id of its own."""

    forks: Forks
    made: Jobs

    def argv(self, run_id: str) -> list[str]:
        return self.made.argv("preprocess", ROWS, run_id=run_id)

    def start(self, run_id: str, *flags: str, before: Sequence[Before] = ()) -> Child:
        told = self.made.house.folder / "told" / run_id
        return self.forks.start(
            "pipelines.preprocess", [*self.argv(run_id), *flags], told, before=before
        )


@pytest.fixture
def commands(forks: Forks, made: Jobs) -> Commands:
    return Commands(forks, made)


def wait_for(ready: Callable[[], bool], alive: Callable[[], bool]) -> None:
    end = time.monotonic() + 240
    while not ready():
        assert time.monotonic() < end
        if not alive():  # it was quicker: what it left is judged all the same
            return
        time.sleep(0.002)


def end_of(process: subprocess.Popen[str]) -> tuple[int, list[str]]:
    try:
        _, told = process.communicate(timeout=120)
    finally:
        process.kill()
        process.wait()
    return process.returncode, told.splitlines()


@pytest.mark.parametrize(
    ("name", "moment"),
    [("SIGINT", "claimed"), ("SIGTERM", "writing"), ("SIGHUP", "placing"), ("SIGINT", "committed")],
)
def test_a_signal_ends_a_run_in_one_line_and_leaves_all_or_nothing(
    commands: Commands, name: str, moment: str
) -> None:
    number, run_id = getattr(signal, name), f"{name}-{moment}"
    run = commands.made.directory("preprocess", run_id)
    child = commands.start(run_id)
    wait_for(lambda: MOMENTS[moment](run), lambda: child.alive)
    child.signal(number)
    code, told = child.wait(), child.told.splitlines()
    committed = (run / "_SUCCESS").exists()
    assert committed or moment != "committed"
    if code == 0:  # it was over before the signal came
        assert committed
        return
    assert (code, len(told)) == (128 + number, 1), told
    assert told[0].startswith(f"stopped by {name}: ")
    assert ("was committed" if committed else "nothing was committed") in told[0]
    assert str(run) in told[0]
    assert jobs.main("preprocess", [*commands.argv(run_id), "--overwrite"]) == 0


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_at_the_start_ends_a_command_in_one_line(made: Jobs, name: str) -> None:
    argv = [
        flag for flag in made.argv("preprocess", ROWS, run_id="early") if "progress" not in flag
    ]
    process = jobs.start("preprocess", argv)
    assert process.stderr is not None
    assert "loading Beam" in process.stderr.readline()
    process.send_signal(getattr(signal, name))
    code, told = end_of(process)
    assert code == 128 + getattr(signal, name)
    assert told == [f"stopped by {name}: nothing was begun; the same command starts anew"]


def test_what_was_to_be_ignored_stays_ignored(commands: Commands) -> None:
    child = commands.start("nohup", before=[("tests.faults.moments:ignoring", {"name": "SIGHUP"})])
    wait_for(
        lambda: MOMENTS["claimed"](commands.made.directory("preprocess", "nohup")),
        lambda: child.alive,
    )
    child.signal(signal.SIGHUP)
    assert (child.wait(), child.told) == (0, "")


def test_a_stopped_command_has_the_last_word_whoever_still_talks() -> None:
    talking = """
import os, sys, threading
from pipelines.command import stopping
stopping.begin()

def talk():
    while True:
        os.write(2, b"epoch\\n")

def describe():
    threading.Thread(target=talk, daemon=True).start()
    return "all is safe"

with stopping.telling(describe):
    print("ready", flush=True)
    threading.Event().wait()
"""
    for _ in range(5):
        process = jobs.start("", [], script=talking)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        code, told = end_of(process)
        assert (code, told[-1]) == (143, "stopped by SIGTERM: all is safe")


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            is_worker = b"sdk_worker_main" in (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == process.pid and is_worker:
            found.append(int(folder.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds workers in /proc")
@pytest.mark.parametrize("moment", ["starting", "claimed and started"])
def test_a_killed_worker_ends_the_run_which_says_so(made: Jobs, moment: str) -> None:
    run_id = moment.split()[0]
    argv = made.argv("preprocess", ROWS, run_id=run_id)
    argv += ["--direct_running_mode=multi_processing", "--direct_num_workers=2"]
    process = jobs.start("preprocess", argv)
    wait_for(lambda: bool(workers_of(process)), lambda: process.poll() is None)
    if moment != "starting":
        run = made.directory("preprocess", run_id)
        wait_for(lambda: any(run.glob("_staging/*")), lambda: process.poll() is None)
    (worker, *others) = workers_of(process)
    subprocess.run(["pkill", "-KILL", "-P", str(worker)], check=False)
    subprocess.run(["kill", "-KILL", str(worker)], check=False)
    code, told = end_of(process)
    assert code == 1
    assert "Traceback" not in "\n".join(told)
    assert any("a worker process was ended by SIGKILL" in line for line in told)
    assert "nothing was committed" in told[-1]
    wait_for(lambda: not any(Path("/proc", str(each)).exists() for each in others), lambda: True)


def test_a_full_disk_is_told_as_one(commands: Commands) -> None:
    child = commands.start(
        "full", before=[("tests.faults.moments:files_of_at_most", {"size": 2048})]
    )
    code, told = child.wait(), child.told.splitlines()
    assert (code, len(told)) == (1, 2), told
    assert told[0].startswith("failed: no space is left (")
    assert "nothing was committed" in told[1]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_stopped_training_keeps_its_last_epoch_and_says_so(
    forks: Forks, examples: Path, tmp_path: Path, name: str
) -> None:
    output = tmp_path / "model"
    argv = ["--examples", str(examples), "--output", str(output), *QUICK, "--epochs", "5000"]
    argv += ["--early_stopping", "5000"]
    child = forks.start("pipelines.train", argv, tmp_path / "told", before=[SPARED])
    wait_for(tmp_path.joinpath("model.training", "checkpoints", LAST).exists, lambda: child.alive)
    child.signal(getattr(signal, name))
    assert child.wait() == 128 + getattr(signal, name)
    assert "Traceback" not in child.told
    last = child.told.splitlines()[-1]
    assert last.startswith(f"stopped by {name}: {output} is not made")
    assert "--resume goes on" in last
