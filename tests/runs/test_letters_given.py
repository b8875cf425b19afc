from __future__ import annotations

import datetime
import pickle
from pathlib import Path

import pytest

from moderation.records.dead_letters.parents import parents_of
from moderation.records.read import RowCount
from moderation.runs.letters_given import why_not
from moderation.runs.slices import SlicesStaged
from moderation.storage.listing import find_inputs
from pipelines.command.usage import UsageError
from pipelines.preprocess.options import PreprocessOptions
from pipelines.preprocess.plan import make_plan
from schemas.manifest import OutputEntry, Parent
from tests.exports.committed import commit
from tests.runs import scored

NOW = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)


def said(*runs: Path) -> str | None:
    return why_not(find_inputs([f"{run}/dead_letters" for run in runs]).files)


def redrive_of(parent: Path) -> Path:
    """A committed run that drove another's letters; one of them is left."""
    told = Parent(run_id="t", path=str(parent), letters=1, passed_on=1)
    left = OutputEntry(path="dead_letters/part-0.jsonl", rows=0, bytes=0, sha256="")
    run = commit(parent.parent, "later", parents=[told], outputs=[left])
    (run / "dead_letters").mkdir()
    (run / "dead_letters/part-0.jsonl").write_text("")
    return scored.mark(run)


def test_letters_are_not_driven_beside_what_is_left_of_them(tmp_path: Path) -> None:
    first = scored.make(tmp_path / "run_id=t")
    later = redrive_of(first)
    assert (said(first), said(later)) == (None, None)
    told = f"{later}/dead_letters holds what is left of the letters of {first}"
    assert told in str(said(first, later))


def test_what_another_start_left_in_a_committed_run_is_not_driven(tmp_path: Path) -> None:
    first = scored.make(tmp_path / "run_id=t")
    stray = first / "dead_letters/part-before.jsonl"
    stray.write_text("")
    assert said(first) == f"{stray} is no file of the run that was committed there: delete it"


def test_a_run_that_is_not_as_it_was_committed_gives_no_letters(tmp_path: Path) -> None:
    first = scored.make(tmp_path / "run_id=t")
    (first / "manifest.json").write_bytes(b"{}")
    assert "is not as it was committed: manifest.json is not the one" in str(said(first))


def test_letters_are_never_cleared_with_the_run_that_is_made_anew_from_them(
    tmp_path: Path,
) -> None:
    first = scored.make(tmp_path / "run_id=t")
    before = sorted(first.rglob("*"))
    flags = ["--output", str(tmp_path), "--run_id", "t", "--overwrite"]
    options, _ = PreprocessOptions.parse(["--input", f"{first}/dead_letters", *flags])
    with pytest.raises(UsageError, match="lies in the directory that is to be made anew"):
        make_plan(options, NOW)
    assert sorted(first.rglob("*")) == before


def test_parents_are_counted_over_all_files_and_say_whether_they_are_committed(
    tmp_path: Path,
) -> None:
    first = scored.make(tmp_path / "run_id=t")
    counts = [
        RowCount(f"{first}/dead_letters/part-0.jsonl", 9, (("t", 5, 2), ("u", 4, 0))),
        RowCount(f"{first}/dead_letters/part-1.jsonl", 3, (("t", 3, 3),)),
        RowCount(f"{tmp_path}/run_id=dead/dead_letters/part-0.jsonl", 1, (("dead", 1, 0),)),
        RowCount(f"{tmp_path}/copied.jsonl", 2, (("t", 2, 0),)),
        RowCount(f"{tmp_path}/records.jsonl", 7),
    ]
    found = [(p.run_id, p.path, p.committed, p.letters, p.passed_on) for p in parents_of(counts)]
    assert found == [
        ("dead", f"{tmp_path}/run_id=dead", False, 1, 0),
        ("t", None, None, 2, 0),
        ("t", str(first), True, 8, 5),
        ("u", str(first), True, 4, 0),
    ]


def test_the_letters_of_slices_add_up(tmp_path: Path) -> None:
    staged = SlicesStaged()
    for number in range(2):
        (folder := tmp_path / f"{number}" / "counts").mkdir(parents=True)
        counts = [RowCount("a", 3, (("t", 2, 1),)), RowCount("b", 1)]
        (folder / "0").write_bytes(pickle.dumps(counts))
        assert staged.take(str(folder.parent)) == 4
    assert staged.counts == [RowCount("a", 6, (("t", 4, 2),)), RowCount("b", 2)]
