"""Two starts of one run: what the first committed, the second neither takes nor mixes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from moderation.exports.reviewer_key import KEY_VARIABLE
from tests.pipelines import jobs
from tests.pipelines.exports import KEY
from tests.pipelines.jobs import JOBS, Jobs

ROWS = 60

HELD = """
import dataclasses, importlib, sys
from pipelines.command.run import run

name, argv = sys.argv[1], sys.argv[2:]
module = importlib.import_module(f"pipelines.{name}.__main__")
made = module._job()

def hold(plan, verbose):
    print("planned", flush=True)
    sys.stdin.readline()
    return plan

job = lambda: dataclasses.replace(made, warm_up=hold)
sys.exit(run(made.options, job, argv))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, model: str) -> Jobs:
    return Jobs.make(tmp_path_factory.mktemp("starts"), model, rows=ROWS)


def files_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("job", "overwrite"), [*((job, False) for job in JOBS), ("preprocess", True)]
)
def test_a_run_that_was_committed_while_another_start_warmed_up_stays(
    made: Jobs, monkeypatch: pytest.MonkeyPatch, job: str, overwrite: bool
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    run_id = f"overwrite-{overwrite}"
    late = made.argv(job, ROWS // 2, run_id=run_id) + ["--overwrite"] * overwrite
    second = jobs.start(job, [job, *late], script=HELD, stdin=-1)
    try:
        assert second.stdout is not None
        assert second.stdout.readline() == "planned\n"
        assert jobs.main(job, made.argv(job, ROWS, run_id=run_id)) == 0
        committed = files_of(made.directory(job, run_id))
        _, told = second.communicate("go\n", timeout=120)
    finally:
        second.kill()
        second.wait()
    if overwrite:
        assert second.returncode == 0, told
        assert made.inputs_read(job, run_id) == {f"{job}-{ROWS // 2}.jsonl"}
    else:
        assert second.returncode == 2
        assert "is committed already" in told
        assert files_of(made.directory(job, run_id)) == committed
        assert made.inputs_read(job, run_id) == {f"{job}-{ROWS}.jsonl"}
