"""A run takes another's place: which files are there before, between and after."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moderation.runs.claim import claimed
from moderation.runs.commit import as_json
from moderation.runs.directory import RunDirectory
from moderation.runs.leftovers import clear
from moderation.runs.publish import RunRefused
from tests.runs.committing import commit_run, faults, names, rows


def test_a_committed_run_is_replaced_by_a_tree_of_the_usual_names(tmp_path: Path) -> None:
    commit_run(RunDirectory(str(tmp_path), "t"), "old", parts=3)
    (tmp_path / "run_id=t" / "notes").mkdir()
    (tmp_path / "run_id=t" / "notes" / "mine.txt").write_text("mine")
    second = RunDirectory(str(tmp_path), "t")
    with claimed(second):
        clear(second, overwrite=True)
        assert rows(second.path) == {"old"}
        commit_run(second, "new", parts=2)
        assert rows(second.path) == {"new"}
        assert second.committed_by == second.token
    assert names(tmp_path) == [
        "run_id=t/_SUCCESS",
        "run_id=t/audit.html",
        "run_id=t/audit.json",
        "run_id=t/dead_letters/part-00000-of-00001.jsonl",
        "run_id=t/manifest.json",
        "run_id=t/notes/mine.txt",
        "run_id=t/review_queue/part-00000-of-00001.jsonl",
        "run_id=t/verdicts/part-00000-of-00002.jsonl",
        "run_id=t/verdicts/part-00001-of-00002.jsonl",
    ]
    assert faults(second.path) == []


def test_a_refused_start_leaves_the_committed_run_and_can_be_looked_into(tmp_path: Path) -> None:
    commit_run(RunDirectory(str(tmp_path), "t"), "old")
    second = RunDirectory(str(tmp_path), "t")
    with claimed(second):
        clear(second, overwrite=True)
        with pytest.raises(RunRefused, match="too many"):
            commit_run(second, "new", why_not="too many")
    assert rows(second.path) == {"old"}
    assert faults(second.path) == []
    refused = second.refused()
    assert refused is not None
    assert refused[1] == f"{second.path}/_refused"
    assert len(list(Path(refused[1]).glob("verdicts/*"))) == 2
    third = RunDirectory(str(tmp_path), "t")
    with claimed(third):
        clear(third, overwrite=True)
        commit_run(third, "newer")
    assert rows(third.path) == {"newer"}
    assert third.refused() is None


def test_a_list_of_numbers_is_one_line_and_texts_stay_as_they_are() -> None:
    text = "[\n  1,\n  2\n]"
    told = {"bins": [0, 12, -3], "shares": [0.5, 1e-07], "text": text, "nested": [[1], [2]]}
    written = as_json(told).decode()
    assert json.loads(written) == told
    assert '"bins": [0, 12, -3]' in written
    assert '"shares": [0.5, 1e-07]' in written
