"""Whole jobs on a store that honours preconditions: two starts of a run, an input that changes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.faults.store import Store
from tests.pipelines import jobs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

HELD = """
import dataclasses, sys
from pipelines.preprocess import __main__ as preprocess
from pipelines.command.run import run

def build(pipeline, plan):
    preprocess._job().build(pipeline, plan)
    print("laid out", flush=True)
    sys.stdin.readline()

job = lambda: dataclasses.replace(preprocess._job(), build=build)
sys.exit(run(preprocess.PreprocessOptions, job, sys.argv[1:]))
"""
RUN = "runs/run_id=t/"


def put(store: Store, name: str, *, rows: int) -> None:
    """An input of so many memes without pictures."""
    records = [
        {"id": n, "img": None, "text": f"meme {n} of {rows}", "label": n % 2} for n in range(rows)
    ]
    store.put(name, "".join(json.dumps(record) + "\n" for record in records).encode())


def start(store: Store, name: str, *flags: str, held: bool = False) -> subprocess.Popen[str]:
    """``preprocess`` of an input into ``RUN``; held once it is laid out, until a line comes."""
    argv = ["--runner=DirectRunner", "--input", store.path(name), "--no_progress"]
    argv += ["--output", store.path("runs"), "--run_id", "t", *flags]
    code = ("-c", HELD) if held else ("-m", "pipelines.preprocess")
    return subprocess.Popen(
        [sys.executable, *code, *argv],
        cwd=jobs.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str], line: str = "") -> tuple[int, str]:
    try:
        _, told = process.communicate(line, timeout=300)
    finally:
        process.kill()
        process.wait()
    return process.returncode, told


def expect_committed(store: Store, *, source: str, rows: int) -> None:
    run = store.objects(RUN)
    (entry,) = json.loads(run["manifest.json"])["inputs"]
    assert (entry["path"], entry["rows"]) == (store.path(source), rows)
    assert {"_SUCCESS", "info.json"} <= set(run)
    assert not [name for name in run if name.startswith(("_claim", "_staging"))]


def test_a_run_in_a_store_has_one_maker_and_is_never_lost(store: Store) -> None:
    put(store, "many.jsonl", rows=40)
    put(store, "few.jsonl", rows=10)
    first = start(store, "many.jsonl", held=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "laid out\n"
        code, told = end(start(store, "few.jsonl", "--overwrite"))
        assert (code, len(told.splitlines())) == (2, 1), told
        assert "makes this run since" in told
    finally:
        code, told = end(first, "go\n")
    assert code == 0, told
    expect_committed(store, source="many.jsonl", rows=40)
    committed = store.objects(RUN)

    code, told = end(start(store, "few.jsonl"))
    assert code == 2
    assert "is committed already" in told
    assert store.objects(RUN) == committed


def test_of_two_starts_at_one_moment_one_commits(store: Store) -> None:
    sizes = {"many.jsonl": 40, "few.jsonl": 10}
    for name, rows in sizes.items():
        put(store, name, rows=rows)
    started = {name: start(store, name) for name in sizes}
    codes = {name: end(process) for name, process in started.items()}
    (winner,) = [name for name, (code, _) in codes.items() if code == 0]
    (loser,) = [told for code, told in codes.values() if code == 2]
    assert "makes this run since" in loser or "is committed already" in loser
    expect_committed(store, source=winner, rows=sizes[winner])


def test_an_object_that_is_replaced_while_it_is_read_does_not_commit(store: Store) -> None:
    put(store, "in.jsonl", rows=10)
    process = start(store, "in.jsonl", held=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "laid out\n"
    store.put("in.jsonl", store.objects()["in.jsonl"].replace(b"meme 1 ", b"mime 1 "))
    code, told = end(process, "go\n")
    assert code == 1
    assert f"failed: an input changed while it was read: {store.path('in.jsonl')} had " in told
    assert "nothing was committed" in told
    assert not {"_SUCCESS", "_claim"} & set(store.objects(RUN))
