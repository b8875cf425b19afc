"""Objects of ``gs://`` as inputs: literal names, patterns, and a store that does not answer."""

from __future__ import annotations

import socket
import time

import pytest

from moderation.runs.committed import match_runs
from moderation.storage import files
from moderation.storage.input_files import InputError
from moderation.storage.listing import find_inputs
from tests.faults.store import Store

NAMES = (
    "data [v2]/memes[1].jsonl",
    "data [v2]/b.JSONL",
    "data 2/memes1.jsonl",
    "set/",
    "set/dt=1/a.jsonl",
    "set/dt=2/._b.jsonl",
    "set/dt=2/b.csv",
    "set/x.png",
    "set/_SUCCESS",
    "a*.jsonl",
    "ab.jsonl",
    "out [1]/run_id=t/_SUCCESS",
    "out [1]/run_id=t/manifest.json",
)


@pytest.mark.parametrize(
    ("path", "found", "left_out"),
    [
        ("data [v2]/memes[1].jsonl", "data [v2]/memes[1].jsonl", ""),
        ("data [v2]", "data [v2]/b.JSONL data [v2]/memes[1].jsonl", ""),
        ("data [v2]/*.jsonl", "data [v2]/memes[1].jsonl", ""),
        ("a*.jsonl", "a*.jsonl", ""),
        ("set/", "set/dt=1/a.jsonl set/dt=2/b.csv", "2 hidden files 1 .png files"),
        ("set/dt=*", "set/dt=1/a.jsonl set/dt=2/b.csv", "1 hidden files"),
        ("**/[ab].*", "data [v2]/b.JSONL set/dt=1/a.jsonl set/dt=2/b.csv", ""),
    ],
)
def test_names_and_patterns_of_a_bucket_are_taken_as_those_of_a_disk(
    store: Store, path: str, found: str, left_out: str
) -> None:
    for name in NAMES:
        store.put(name, b'{"id": 1}')
    inputs = find_inputs([store.path(path)])
    names = (file.path.removeprefix(store.path("")) for file in inputs.files)
    assert " ".join(names) == found
    left = " ".join(f"{each.files} {each.why}" for each in inputs.left_out)
    assert left.startswith(left_out)


def test_objects_are_deleted_by_their_very_names(store: Store) -> None:
    for name in NAMES:
        store.put(name, b'{"id": 1}')
    run = store.path("out [1]/run_id=t")
    assert match_runs(store.path("out [1]/run_id=*"), name="run") == [run]
    files.delete_tree(run)
    assert set(store.objects()) == {name for name in NAMES if not name.startswith("out")}


def test_a_store_that_does_not_answer_is_told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("google.cloud.storage")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://{address}")
    started = time.monotonic()
    with pytest.raises(InputError, match=f"does not answer \\({address}.*check the network"):
        find_inputs(["gs://bucket/x.jsonl"])
    assert time.monotonic() - started < 30
