"""A start that dies at any file operation: readers see a whole run, and a new start completes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moderation.runs import marker
from moderation.runs.claim import claimed
from moderation.runs.directory import RunDirectory
from moderation.runs.leftovers import clear
from tests.faults.dying import changing_requests, deaths, files_below
from tests.faults.store import Store, fresh_bucket
from tests.runs.committing import commit_run, faults, rows

USUAL = {
    "_SUCCESS",
    "audit.html",
    "audit.json",
    "dead_letters/part-00000-of-00001.jsonl",
    "manifest.json",
    "notes.txt",
    "review_queue/part-00000-of-00001.jsonl",
    "verdicts/part-00000-of-00001.jsonl",
}
MINE = "run_id=t/notes/mine.txt"
IN_MEMORY = "/dev/shm"


@pytest.fixture
def place() -> Iterator[Path]:
    """Hundreds of commits wait for their disk, which cannot die here: in memory where there is."""
    there = os.access(IN_MEMORY, os.W_OK)
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if there else None) as folder:
        yield Path(folder)


def start(folder: Path | str, policy: str, *, parts: int = 2) -> RunDirectory:
    directory = RunDirectory(str(folder), "t")
    with claimed(directory):
        clear(directory, overwrite=True)
        commit_run(directory, policy, parts=parts)
    return directory


def fresh(folder: Path) -> None:
    """Nothing is there."""


def committed(folder: Path) -> None:
    """A run is there, with a note that somebody put beside it."""
    start(folder, "old", parts=3)
    (folder / MINE).parent.mkdir()
    (folder / MINE).write_text("mine")


def linked(folder: Path) -> None:
    """The run's folder is a link: it cannot change places with another."""
    (folder / "elsewhere").mkdir()
    (folder / "run_id=t").symlink_to("elsewhere")  # wherever the folder is copied to
    committed(folder)


@pytest.mark.parametrize("before", [fresh, committed, linked])
def test_a_start_may_die_at_any_file_operation(place: Path, before: Callable[[Path], None]) -> None:
    begun = place / "begun"
    begun.mkdir()
    before(begun)

    def folder(number: int) -> Path:
        return shutil.copytree(begun, place / str(number), symlinks=True)

    seen = set[str]()
    path, kept = Path(), before is not fresh
    for path in deaths(lambda path: start(path, "new"), folder, files_below):
        run = str(path / "run_id=t")
        found = rows(run)
        assert found in ([{"old"}, {"new"}] if kept else [set(), {"new"}])
        assert (path / MINE).exists() == kept
        told = faults(run)
        assert all("clears it away" in each or "is not committed" in each for each in told), told
        seen |= {*found, *(each.split(":")[0] for each in told)}
        start(path, "newer")
        assert rows(run) == {"newer"}
        assert faults(run) == []
        assert (path / MINE).exists() == kept
        shutil.rmtree(path)
    assert "new" in seen
    assert ("old" in seen) == kept


@pytest.mark.slow
@pytest.mark.parametrize("replaces", [False, True])
def test_in_a_store_a_start_may_die_at_any_request(store: Store, replaces: bool) -> None:
    start(store.path("runs"), "old", parts=2)
    old, url, seen = store.objects(), store.url, set[str]()

    def prepared(number: int) -> Store:
        bucket = fresh_bucket(url)
        for name, data in (old if replaces else {}).items():
            bucket.put(name, data)
        bucket.put("runs/run_id=t/notes.txt", b"mine")
        return bucket

    def new(bucket: Store) -> RunDirectory:
        return start(bucket.path("runs"), "new", parts=1)

    for bucket in deaths(new, prepared, changing_requests):
        run = f"{bucket.path('runs')}/run_id=t"
        found, told = rows(run), faults(run)
        assert found in ([{"old"}, {"new"}] if replaces else [set(), {"new"}])
        assert all("clears it away" in each or "is not committed" in each for each in told), told
        seen |= found
        start(bucket.path("runs"), "newer", parts=1)
        assert (rows(run), faults(run)) == ({"newer"}, [])
        named = set(bucket.objects("runs/run_id=t/"))
        assert {marker.usual(name) for name in named} == USUAL
    assert seen == ({"old", "new"} if replaces else {"new"})
