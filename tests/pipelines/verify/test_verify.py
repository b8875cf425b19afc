"""The command over runs of every job, on disk and in a store."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.verify.__main__ import main
from tests.faults.store import Store
from tests.pipelines import jobs
from tests.pipelines.jobs import JOBS, Jobs
from tests.runs.scored import LETTERS, VERDICTS, make

pytestmark = pytest.mark.timeout(300)
ROWS = 12


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory, model: str) -> dict[str, Path]:
    """A run of each job by its name."""
    made = Jobs.make(tmp_path_factory.mktemp("jobs"), model, rows=ROWS)
    for job in JOBS:
        assert jobs.main(job, made.argv(job, ROWS)) == 0
    return {job: made.directory(job) for job in JOBS}


@pytest.mark.parametrize("job", JOBS)
def test_a_run_of_any_job_is_sound_as_it_was_committed(
    committed: dict[str, Path], job: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(committed[job])]) == 0
    told, wrong = capsys.readouterr()
    assert told.startswith(f"{committed[job]}: sound (")
    assert (told.count("\n"), wrong) == (1, "")


@pytest.mark.parametrize(
    ("job", "pattern", "words"),
    [
        ("score", "verdicts/*.parquet", "other bytes than were committed"),
        ("preprocess", "examples/train-*", "breaks off behind row 0: "),
        ("preprocess", "info.json", "does not fit DatasetInfo: "),
        ("export", "data/images/*/*", "its bytes have not the digest that is its name"),
        ("export", "data/meme-*.jsonl", "rows (expected "),
        ("evaluate", "metrics.json", "does not fit Evaluation: "),
    ],
)
def test_a_file_that_was_cut_in_the_middle_is_named(
    committed: dict[str, Path],
    tmp_path: Path,
    job: str,
    pattern: str,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = Path(shutil.copytree(committed[job], tmp_path / "run"))
    file = sorted(run.glob(pattern))[0]
    os.truncate(file, file.stat().st_size // 2)
    assert main([str(run)]) == 1
    told = capsys.readouterr().err
    assert f"{file}: " in told
    assert words in told


def test_a_copy_that_a_row_names_and_nobody_finds_is_told(
    committed: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Path(shutil.copytree(committed["export"], tmp_path / "run"))
    copy = sorted(run.glob("data/images/*/*"))[0]
    copy.unlink()
    assert main([str(run)]) == 1
    assert f"img: {copy.relative_to(run)} is not there" in capsys.readouterr().err


def test_of_several_runs_each_is_told_and_many_faults_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "run_id=a")
    for number in range(5):
        (make(tmp_path / "run_id=b") if not number else tmp_path / "run_id=b").joinpath(
            "verdicts", f"{number}.parquet"
        ).touch()
    assert main([str(tmp_path / "run_id=*"), str(tmp_path / "run_id=a"), "--max_faults", "2"]) == 1
    b = tmp_path / "run_id=b"
    beside = "lies there, and the manifest does not name it"
    assert capsys.readouterr().err.splitlines() == [
        f"{tmp_path}/run_id=a: sound (4 files, 6 rows)",
        f"{b}/verdicts/0.parquet: {beside}",
        f"{b}/verdicts/1.parquet: {beside}",
        "and 3 further faults",
        f"{b}: 5 faults (4 files, 6 rows)",
        "1 of 2 runs are sound",
    ]


def test_a_folder_that_is_no_run_is_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "run_id=a")
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"verify: error: '{tmp_path}' is no run's directory: name runs, as in {tmp_path}/run_id=*\n"
    )


def test_a_run_on_disk_is_verified_without_beam_and_tensorflow(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pipelines.verify.__main__ import main\n"
        f"assert main([{str(make(tmp_path / 'run_id=t'))!r}]) == 0\n"
        "assert not {'apache_beam', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=jobs.ROOT)


def test_a_run_in_a_store_is_verified_as_one_on_disk(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make(tmp_path / "run_id=t")
    for file in filter(Path.is_file, run.rglob("*")):
        store.put(f"run_id=t/{file.relative_to(run)}", file.read_bytes())
    there = store.path("run_id=t")
    assert main([store.path("run_id=*")]) == 0
    assert capsys.readouterr().out == f"{there}: sound (4 files, 6 rows)\n"
    store.put(f"run_id=t/{LETTERS}", b"")
    store.put(f"run_id=t/{VERDICTS}", b"PAR1")
    assert main([store.path("run_id=*")]) == 1
    told = "".join(capsys.readouterr())
    assert f"{there}/{LETTERS}: rows (expected 1, found 0)\n" in told
    assert f"{there}/{VERDICTS}: breaks off behind row 0: " in told
