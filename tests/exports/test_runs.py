from __future__ import annotations

from pathlib import Path

import pytest

from moderation.exports.runs import open_runs
from moderation.runs.committed import RunError
from tests.exports.committed import commit


def test_a_pattern_opens_every_run_once_in_the_order_of_ids(tmp_path: Path) -> None:
    commit(tmp_path, "b")
    first = commit(tmp_path, "a")
    runs = open_runs([str(tmp_path / "run_id=*"), str(first)], name="run")
    assert [run.manifest.run_id for run in runs.runs] == ["a", "b"]
    assert runs.verdicts == 4


def test_a_file_that_several_runs_judged_is_one_source(tmp_path: Path) -> None:
    commit(tmp_path, "a")
    commit(tmp_path, "b")
    commit(tmp_path, "c", options={"columns": "text=body"})
    runs = open_runs([str(tmp_path / "*")], name="run")
    assert [ids["/data/a.jsonl"] for ids in runs.source_ids] == [0, 0, 1]
    assert len(runs.sources) == 2


def test_an_uncommitted_run_among_the_matches_is_refused(tmp_path: Path) -> None:
    commit(tmp_path, "a")
    (commit(tmp_path, "b") / "_SUCCESS").unlink()
    with pytest.raises(RunError, match=r"run_id=b' is not committed.*_SUCCESS"):
        open_runs([str(tmp_path / "*")], name="run")


def test_a_manifest_changed_since_the_commit_is_refused(tmp_path: Path) -> None:
    run = commit(tmp_path, "a")
    manifest = run / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"rows":2', '"rows":3'))
    with pytest.raises(RunError, match="not the one that was committed"):
        open_runs([str(run)], name="run")


def test_a_pattern_without_a_match_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="matches no directory"):
        open_runs([str(tmp_path / "run_id=*")], name="run")


def test_a_directory_of_another_job_is_refused(tmp_path: Path) -> None:
    run = commit(tmp_path, "a", outputs=[])
    with pytest.raises(RunError, match=r"is it a run of pipelines\.score"):
        open_runs([str(run)], name="run")


def test_two_directories_of_one_run_are_refused(tmp_path: Path) -> None:
    commit(tmp_path / "x", "a")
    commit(tmp_path / "y", "a")
    with pytest.raises(RunError, match="several directories hold run 'a'"):
        open_runs([str(tmp_path / "*" / "run_id=a")], name="run")
