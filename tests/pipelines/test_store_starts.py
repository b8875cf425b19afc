"""Whole jobs on a store that honours preconditions: two starts of a run, an input that changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.faults.store import Objects, serve
from tests.pipelines import jobs

pytest.importorskip("google.cloud.storage", reason="gs:// needs the gcp extra")
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


@dataclass(frozen=True)
class Store:
    """The objects of one bucket, and commands that have it for Google's."""

    objects: Objects
    url: str

    def put(self, name: str, *, rows: int) -> None:
        """An input of so many memes without pictures."""
        records = [
            {"id": n, "img": None, "text": f"meme {n} of {rows}", "label": n % 2}
            for n in range(rows)
        ]
        data = "".join(json.dumps(record) + "\n" for record in records).encode()
        self.objects.put("bucket", name, data, {})

    def start(self, name: str, *flags: str, held: bool = False) -> subprocess.Popen[str]:
        """``preprocess`` of an input into ``RUN``; held once it is laid out, until a line comes."""
        argv = ["--runner=DirectRunner", "--input", f"gs://bucket/{name}", "--no_progress"]
        argv += ["--output", "gs://bucket/runs", "--run_id", "t", *flags]
        code = ("-c", HELD) if held else ("-m", "pipelines.preprocess")
        env = {"STORAGE_EMULATOR_HOST": self.url, "NO_GCE_CHECK": "true"}
        return subprocess.Popen(
            [sys.executable, *code, *argv],
            cwd=jobs.ROOT,
            env={**os.environ, **env, "GOOGLE_CLOUD_PROJECT": "test"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self) -> dict[str, bytes]:
        """The run's objects by their names below its folder."""
        found = self.objects.objects.items()
        return {
            name.removeprefix(RUN): stored.data
            for (_, name), stored in found
            if name.startswith(RUN)
        }


@pytest.fixture
def store() -> Iterator[Store]:
    server = serve()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    objects = server.RequestHandlerClass.objects  # type: ignore[attr-defined]
    yield Store(objects, f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()
    thread.join()


def end(process: subprocess.Popen[str], line: str = "") -> tuple[int, str]:
    try:
        _, told = process.communicate(line, timeout=300)
    finally:
        process.kill()
        process.wait()
    return process.returncode, told


def expect_committed(run: dict[str, bytes], *, source: str, rows: int) -> None:
    (entry,) = json.loads(run["manifest.json"])["inputs"]
    assert (entry["path"], entry["rows"]) == (f"gs://bucket/{source}", rows)
    assert {"_SUCCESS", "info.json"} <= set(run)
    assert not [name for name in run if name.startswith(("_claim", "_staging"))]


def test_a_run_in_a_store_has_one_maker_and_is_never_lost(store: Store) -> None:
    store.put("many.jsonl", rows=40)
    store.put("few.jsonl", rows=10)
    first = store.start("many.jsonl", held=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "laid out\n"
        code, told = end(store.start("few.jsonl", "--overwrite"))
        assert (code, len(told.splitlines())) == (2, 1), told
        assert "makes this run since" in told
    finally:
        code, told = end(first, "go\n")
    assert code == 0, told
    expect_committed(store.run(), source="many.jsonl", rows=40)
    committed = store.run()

    code, told = end(store.start("few.jsonl"))
    assert code == 2
    assert "is committed already" in told
    assert store.run() == committed


def test_of_two_starts_at_one_moment_one_commits(store: Store) -> None:
    sizes = {"many.jsonl": 40, "few.jsonl": 10}
    for name, rows in sizes.items():
        store.put(name, rows=rows)
    started = {name: store.start(name) for name in sizes}
    codes = {name: end(process) for name, process in started.items()}
    (winner,) = [name for name, (code, _) in codes.items() if code == 0]
    (loser,) = [told for code, told in codes.values() if code == 2]
    assert "makes this run since" in loser or "is committed already" in loser
    expect_committed(store.run(), source=winner, rows=sizes[winner])


def test_an_object_that_is_replaced_while_it_is_read_does_not_commit(store: Store) -> None:
    store.put("in.jsonl", rows=10)
    process = store.start("in.jsonl", held=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "laid out\n"
    other = store.objects.objects["bucket", "in.jsonl"].data.replace(b"meme 1 ", b"mime 1 ")
    store.objects.put("bucket", "in.jsonl", other, {})
    code, told = end(process, "go\n")
    assert code == 1
    assert "failed: an input changed while it was read: gs://bucket/in.jsonl had " in told
    assert "nothing was committed" in told
    assert not {"_SUCCESS", "_claim"} & set(store.run())
