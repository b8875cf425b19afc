"""Claims in a store that honours preconditions: one owner at a time, and none that is dead."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.store import serve

pytest.importorskip("google.cloud.storage", reason="gs:// needs the gcp extra")

CLAIMS = """
from moderation.runs import store_claim as c
PATH = "gs://bucket/runs/run_id=t/_claim"
lives, gone = (lambda told: False), (lambda told: True)
c.take(PATH, {"token": "a", "pid": 1}, is_dead=lives)
try:
    c.take(PATH, {"token": "b"}, is_dead=lives)
except c.Held as held:
    print("held by", held.told["token"], held.age_s < 60)
print("kept", c.keep(PATH, "a", state="commits"), c.keep(PATH, "b"))
before = c.read(PATH).generation
with c.renewed(PATH, "a", every_s=0.01):
    while c.read(PATH).generation < before + 3:
        pass
c.take(PATH, {"token": "b"}, is_dead=gone)
print("taken over", c.keep(PATH, "a"), c.keep(PATH, "b"))
c.release(PATH, "a")
print("still", c.read(PATH).told["token"])
c.release(PATH, "b")
print("free", c.read(PATH) is None)
c.DEAD_S = 0.0
c.take(PATH, {"token": "c"}, is_dead=lives)
c.take(PATH, {"token": "d"}, is_dead=lives)
print("silent for long", c.read(PATH).told["token"])
"""

RACE = """
from concurrent.futures import ThreadPoolExecutor
from moderation.runs import store_claim as c

def start(number):
    try:
        c.take("gs://bucket/race/_claim", {"token": str(number)}, is_dead=lambda told: False)
    except c.Held:
        return 0
    return 1

with ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(start, range(8))))
"""

COMMITS = """
from moderation.runs import commit
from moderation.runs.claim import RunClaimed, claimed
from moderation.runs.destination import destination_of
from moderation.runs.leftovers import clear
from moderation.runs.directory import RunCommitted, RunDirectory
from tests.runs.manifests import MANIFEST
first, second, third = (RunDirectory("gs://bucket/out", "t") for _ in range(3))
with claimed(first) as claim:
    clear(first, overwrite=False)
    try:
        with claimed(second):
            pass
    except RunClaimed as error:
        print("refused:", "sign of life" in str(error))
    claim.keep()
with claimed(second):  # the first was only submitted: the later start owns the directory
    clear(second, overwrite=False)
    try:
        commit.mark(destination_of(first), MANIFEST)
    except commit.RunRefused as error:
        print("fenced:", "taken by a later start" in str(error), first.committed)
    commit.mark(destination_of(second), MANIFEST)
try:
    with claimed(third):
        clear(third, overwrite=False)
except RunCommitted as error:
    print("kept:", "committed already" in str(error), third.committed)
try:
    commit.mark(destination_of(first), MANIFEST)
except commit.RunRefused:
    print("too late")
commit.mark(destination_of(second), MANIFEST)  # an engine may do a finished step again
"""


@pytest.fixture
def store() -> Iterator[str]:
    server = serve()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def told(script: str, store: str) -> list[str]:
    """What a process prints that has the store for Google's."""
    env = {"STORAGE_EMULATOR_HOST": store, "NO_GCE_CHECK": "true", "GOOGLE_CLOUD_PROJECT": "test"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


def test_a_claim_has_one_living_owner(store: str) -> None:
    assert told(CLAIMS, store) == [
        "held by a True",
        "kept True False",
        "taken over False True",
        "still b",
        "free True",
        "silent for long d",
    ]


def test_of_starts_at_one_moment_one_gets_the_claim(store: str) -> None:
    assert told(RACE, store) == ["1"]


@pytest.mark.slow
def test_a_run_in_a_store_is_committed_by_its_owner_and_stays(store: str) -> None:
    assert told(COMMITS, store) == [
        "refused: True",
        "fenced: True False",
        "kept: True True",
        "too late",
    ]
