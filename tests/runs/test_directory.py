from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from moderation.runs.directory import (
    RunCommitted,
    RunDirectory,
    RunDirectoryError,
    check_run_id,
    new_run_id,
)
from moderation.runs.leftovers import clear
from moderation.storage import files


def write(run: RunDirectory, *names: str) -> None:
    for name in names:
        files.write_bytes(run.file(name), b"x")


def names(run: RunDirectory) -> list[str]:
    return [path[len(run.path) + 1 :] for path in files.list_files(run.path)]


def test_clearing_takes_what_an_uncommitted_start_wrote_and_keeps_its_journal(
    tmp_path: Path,
) -> None:
    run = RunDirectory(str(tmp_path), "r1")
    write(run, "audit.json", "verdicts/part-0.parquet", "_staging/out/x", "notes.txt")
    write(run, "_staging/journal/1", "_refused/audit.json")
    clear(run, overwrite=False)
    assert names(run) == ["_staging/journal/1", "notes.txt"]


def test_clearing_a_committed_run_takes_nothing_of_it(tmp_path: Path) -> None:
    run = RunDirectory(str(tmp_path), "r1")
    committed = ["_SUCCESS", "audit.json", "notes.txt", "verdicts/part-0.parquet"]
    write(run, *committed, "_staging/out/x", "_staging/journal/1", "_refused/audit.json")
    with pytest.raises(RunCommitted, match="give overwrite"):
        clear(run, overwrite=False)
    clear(run, overwrite=True)
    assert names(run) == sorted([*committed, "_staging/journal/1"])


def test_run_ids_sort_by_start_and_differ_within_a_second() -> None:
    early = datetime.datetime(2026, 1, 2, 3, 4, 5)
    late = early + datetime.timedelta(seconds=1)
    assert new_run_id(early)[:16] < new_run_id(late)[:16]
    assert len({new_run_id(early) for _ in range(50)}) > 45


@pytest.mark.parametrize("run_id", ["", "../up", "a/b", ".hidden", "x" * 200, "a b", "é"])
def test_an_id_that_is_no_directory_name_is_refused(run_id: str) -> None:
    with pytest.raises(RunDirectoryError, match="use letters"):
        check_run_id(run_id)


def test_a_move_may_be_done_twice_but_not_out_of_nothing(tmp_path: Path) -> None:
    source, target = str(tmp_path / "a"), str(tmp_path / "sub" / "b")
    files.write_bytes(source, b"x")
    files.move(source, target)
    files.move(source, target)
    assert files.read_bytes(target) == b"x"
    with pytest.raises(FileNotFoundError):
        files.move(source, str(tmp_path / "c"))


def test_deleting_a_folder_that_is_a_link_leaves_what_it_points_to(tmp_path: Path) -> None:
    files.write_bytes(str(tmp_path / "kept" / "file"), b"x")
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    files.delete_tree(str(tmp_path / "link"))
    assert not (tmp_path / "link").exists()
    assert (tmp_path / "kept" / "file").exists()
