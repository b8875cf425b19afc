"""Two starts of one run: what the first committed, the second neither takes nor mixes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from moderation.exports.reviewer_key import KEY_VARIABLE
from tests.faults.forks import Forks
from tests.pipelines import jobs
from tests.pipelines.exports import KEY
from tests.pipelines.held import PLANNED, Held
from tests.pipelines.jobs import JOBS, Jobs

ROWS = 60


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
    made: Jobs,
    forks: Forks,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    job: str,
    overwrite: bool,
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    run_id = f"overwrite-{overwrite}"
    late = made.argv(job, ROWS // 2, run_id=run_id) + ["--overwrite"] * overwrite
    second = Held.start(
        forks, job, late, at=PLANNED, folder=tmp_path / "second", env={KEY_VARIABLE: KEY}
    )
    assert jobs.main(job, made.argv(job, ROWS, run_id=run_id)) == 0
    committed = files_of(made.directory(job, run_id))
    code, told = second.end()
    if overwrite:
        assert code == 0, told
        assert made.inputs_read(job, run_id) == {f"{job}-{ROWS // 2}.jsonl"}
    else:
        assert code == 2
        assert "is committed already" in told
        assert files_of(made.directory(job, run_id)) == committed
        assert made.inputs_read(job, run_id) == {f"{job}-{ROWS}.jsonl"}
