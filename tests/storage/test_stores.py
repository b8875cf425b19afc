"""Objects of ``gs://`` as inputs: literal names, patterns, and a store that does not answer."""

from __future__ import annotations

import socket
import time

import pytest

from moderation.storage.input_files import InputError
from moderation.storage.listing import find_inputs
from tests.faults.emulator import Emulated

EMULATED = """
for name in (
    "data [v2]/memes[1].jsonl", "data [v2]/b.JSONL", "data 2/memes1.jsonl", "set/",
    "set/dt=1/a.jsonl", "set/dt=2/._b.jsonl", "set/dt=2/b.csv", "set/x.png", "set/_SUCCESS",
    "a*.jsonl", "ab.jsonl", "out [1]/run_id=t/_SUCCESS", "out [1]/run_id=t/manifest.json",
):
    bucket.blob(name).upload_from_string(b'{"id": 1}')
from moderation.storage.listing import find_inputs
for path in (
    "data [v2]/memes[1].jsonl", "data [v2]", "data [v2]/*.jsonl", "a*.jsonl", "set/", "set/dt=*",
    "**/[ab].*",
):
    found = find_inputs(["gs://bucket/" + path])
    print(path, "|", *(file.path[12:] for file in found.files),
          "|", *(f"{each.files} {each.why}" for each in found.left_out), flush=True)
from moderation.runs.committed import match_runs
from moderation.storage import files
print(match_runs("gs://bucket/out [1]/run_id=*", name="run"))
files.delete_tree("gs://bucket/out [1]/run_id=t")
print(files.list_files("gs://bucket/out [1]"), flush=True)
"""


@pytest.mark.slow
def test_names_and_patterns_of_a_bucket_are_taken_as_those_of_a_disk(emulated: Emulated) -> None:
    assert emulated(EMULATED) == [
        "data [v2]/memes[1].jsonl | data [v2]/memes[1].jsonl |",
        "data [v2] | data [v2]/b.JSONL data [v2]/memes[1].jsonl |",
        "data [v2]/*.jsonl | data [v2]/memes[1].jsonl |",
        "a*.jsonl | a*.jsonl |",
        "set/ | set/dt=1/a.jsonl set/dt=2/b.csv | 2 hidden files 1 .png files",
        "set/dt=* | set/dt=1/a.jsonl set/dt=2/b.csv | 1 hidden files",
        "**/[ab].* | data [v2]/b.JSONL set/dt=1/a.jsonl set/dt=2/b.csv |",
        "['gs://bucket/out [1]/run_id=t']",
        "[]",
    ]


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
