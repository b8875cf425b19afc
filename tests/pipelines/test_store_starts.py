"""Whole jobs on a store that honours preconditions: two starts of a run, an input that changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.forks import Child, Forks
from tests.faults.store import Store
from tests.pipelines.held import LAID_OUT, Held

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

RUN = "runs/run_id=t/"


def put(store: Store, name: str, *, rows: int) -> None:
    """An input of so many memes without pictures."""
    records = [
        {"id": n, "img": None, "text": f"meme {n} of {rows}", "label": n % 2} for n in range(rows)
    ]
    store.put(name, "".join(json.dumps(record) + "\n" for record in records).encode())


@dataclass(frozen=True)
class Starts:
    """Starts of ``preprocess`` of one run in a store."""

    forks: Forks
    store: Store
    folder: Path

    def now(self, name: str, told: str, *flags: str) -> Child:
        """A start over an input, which says what it says in a folder that is told."""
        return self.forks.start(
            "pipelines.preprocess",
            self._argv(name, *flags),
            self.folder / told,
            env=self.store.environment,
        )

    def held(self, name: str) -> Held:
        """A start that waits when it is laid out."""
        return Held.start(
            self.forks,
            "preprocess",
            self._argv(name),
            at=LAID_OUT,
            folder=self.folder / "held",
            env=self.store.environment,
        )

    def _argv(self, name: str, *flags: str) -> list[str]:
        argv = ["--runner=DirectRunner", "--input", self.store.path(name), "--no_progress"]
        return [*argv, "--output", self.store.path("runs"), "--run_id", "t", *flags]


@pytest.fixture
def starts(forks: Forks, store: Store, tmp_path: Path) -> Starts:
    return Starts(forks, store, tmp_path)


def expect_committed(store: Store, *, source: str, rows: int) -> None:
    run = store.objects(RUN)
    (entry,) = json.loads(run["manifest.json"])["inputs"]
    assert (entry["path"], entry["rows"]) == (store.path(source), rows)
    assert {"_SUCCESS", "info.json"} <= set(run)
    assert not [name for name in run if name.startswith(("_claim", "_staging"))]


def test_a_run_in_a_store_has_one_maker_and_is_never_lost(starts: Starts, store: Store) -> None:
    put(store, "many.jsonl", rows=40)
    put(store, "few.jsonl", rows=10)
    first = starts.held("many.jsonl")
    second = starts.now("few.jsonl", "second", "--overwrite")
    assert (second.wait(300), len(second.told.splitlines())) == (2, 1), second.told
    assert "makes this run since" in second.told
    code, told = first.end()
    assert code == 0, told
    expect_committed(store, source="many.jsonl", rows=40)
    committed = store.objects(RUN)

    third = starts.now("few.jsonl", "third")
    assert third.wait(300) == 2
    assert "is committed already" in third.told
    assert store.objects(RUN) == committed


def test_of_two_starts_at_one_moment_one_commits(starts: Starts, store: Store) -> None:
    sizes = {"many.jsonl": 40, "few.jsonl": 10}
    for name, rows in sizes.items():
        put(store, name, rows=rows)
    started = {name: starts.now(name, name) for name in sizes}
    codes = {name: child.wait(300) for name, child in started.items()}
    (winner,) = [name for name, code in codes.items() if code == 0]
    (loser,) = [started[name].told for name, code in codes.items() if code == 2]
    assert "makes this run since" in loser or "is committed already" in loser
    expect_committed(store, source=winner, rows=sizes[winner])


def test_an_object_that_is_replaced_while_it_is_read_does_not_commit(
    starts: Starts, store: Store
) -> None:
    put(store, "in.jsonl", rows=10)
    held = starts.held("in.jsonl")
    store.put("in.jsonl", store.objects()["in.jsonl"].replace(b"meme 1 ", b"mime 1 "))
    code, told = held.end()
    assert code == 1
    assert f"failed: an input changed while it was read: {store.path('in.jsonl')} had " in told
    assert "nothing was committed" in told
    assert not {"_SUCCESS", "_claim"} & set(store.objects(RUN))
