from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from moderation.exports.runs import RunError, open_runs
from schemas.manifest import InputEntry, Manifest, OutputEntry


def commit(folder: Path, run_id: str, *, source: str = "/data/a.jsonl", **changes: Any) -> Path:
    """A run directory that has no more than its marker and manifest."""
    run = folder / f"run_id={run_id}"
    run.mkdir(parents=True)
    values: dict[str, Any] = {
        "run_id": run_id,
        "status": "committed",
        "refusal": None,
        "started_at": "",
        "finished_at": "",
        "inputs": [InputEntry(path=source, bytes=9, rows=2, digest="sha256:0")],
        "outputs": [OutputEntry(path="verdicts/part-0.parquet", rows=2, bytes=9, sha256="0")],
        "options": {},
        "versions": {},
        "model_name": "m",
        "model_fingerprint": "f",
        "policy_version": "p",
        "policy_digest": "d",
    }
    data = Manifest(**{**values, **changes}).model_dump_json().encode()
    (run / "manifest.json").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (run / "_SUCCESS").write_text(json.dumps({"manifest_sha256": digest}))
    return run


def test_a_pattern_opens_every_run_once_in_the_order_of_ids(tmp_path: Path) -> None:
    commit(tmp_path, "b")
    first = commit(tmp_path, "a")
    runs = open_runs([str(tmp_path / "run_id=*"), str(first)])
    assert [run.manifest.run_id for run in runs.runs] == ["a", "b"]
    assert runs.verdicts == 4


def test_a_file_that_several_runs_judged_is_one_source(tmp_path: Path) -> None:
    commit(tmp_path, "a")
    commit(tmp_path, "b")
    commit(tmp_path, "c", options={"columns": "text=body"})
    runs = open_runs([str(tmp_path / "*")])
    assert [ids["/data/a.jsonl"] for ids in runs.source_ids] == [0, 0, 1]
    assert len(runs.sources) == 2


def test_an_uncommitted_run_among_the_matches_is_refused(tmp_path: Path) -> None:
    commit(tmp_path, "a")
    (commit(tmp_path, "b") / "_SUCCESS").unlink()
    with pytest.raises(RunError, match=r"run_id=b' is not committed.*_SUCCESS"):
        open_runs([str(tmp_path / "*")])


def test_a_manifest_changed_since_the_commit_is_refused(tmp_path: Path) -> None:
    run = commit(tmp_path, "a")
    manifest = run / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"rows":2', '"rows":3'))
    with pytest.raises(RunError, match="not the one that was committed"):
        open_runs([str(run)])


def test_a_pattern_without_a_match_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="matches no directory"):
        open_runs([str(tmp_path / "run_id=*")])


def test_a_directory_of_another_job_is_refused(tmp_path: Path) -> None:
    run = commit(tmp_path, "a", outputs=[])
    with pytest.raises(RunError, match=r"is it a run of pipelines\.score"):
        open_runs([str(run)])


def test_two_directories_of_one_run_are_refused(tmp_path: Path) -> None:
    commit(tmp_path / "x", "a")
    commit(tmp_path / "y", "a")
    with pytest.raises(RunError, match="several directories hold run 'a'"):
        open_runs([str(tmp_path / "*" / "run_id=a")])
