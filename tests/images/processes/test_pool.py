"""A process that dies, hangs or takes too much costs its own call."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from moderation.images.processes.calls import (
    Call,
    ChildDiedError,
    ChildMemoryError,
    ChildRaisedError,
    ChildTimeoutError,
    ClosedError,
    Job,
    Limits,
    Made,
    NoChildError,
)
from moderation.images.processes.pool import ProcessPool

ROOT = Path(__file__).parents[3]
DO = "tests.images.processes.stand_ins:do"
JOB = Job(DO)
LIMITS = Limits(memory_bytes=64 << 20, processor_s=5.0, clock_s=20.0)
BRIEF = Limits(memory_bytes=64 << 20, processor_s=5.0, clock_s=0.5)
LITTLE = Limits(memory_bytes=64 << 20, processor_s=0.2, clock_s=20.0)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPool]:
    made = ProcessPool(2, function=DO)
    yield made
    made.close()


def call(words: str, limits: Limits = LIMITS, room: int = 4096) -> Call:
    return Call(JOB, words.encode(), limits, max_payload_bytes=room)


def test_bytes_go_in_and_facts_and_a_payload_come_out(pool: ProcessPool) -> None:
    for words in ("one", "two " * 2000, "€"):
        made, data = pool.run(call(words, room=1 << 20)), words.encode()
        assert (made.facts, made.payload) == (data[:1000], data)
        assert made.seconds > 0


BREAKS = {
    "exit 3": (ChildDiedError, "exited with 3"),
    "exit 0": (ChildDiedError, "exited with 0"),
    "end-by SIGSEGV": (ChildDiedError, "SIGSEGV"),
    "end-by SIGKILL": (ChildDiedError, "SIGKILL"),
    "sleep 30": (ChildTimeoutError, "no answer in time"),
    "spin 30": (ChildTimeoutError, "processor time"),
    "take 100": (ChildMemoryError, "memory"),
    "fail so": (ChildRaisedError, "LookupError: so"),
    "fill 1": (ChildRaisedError, "too much"),
}


@pytest.mark.parametrize("words", BREAKS)
def test_what_a_function_does_to_its_process_is_told_and_the_pool_goes_on(
    pool: ProcessPool, words: str
) -> None:
    kind, message = BREAKS[words]
    began = time.monotonic()
    with pytest.raises(kind, match=message):
        pool.run(call(words, {"sleep 30": BRIEF, "spin 30": LITTLE}.get(words, LIMITS)))
    assert time.monotonic() - began < 15
    assert pool.run(call("still here")).facts == b"still here"


def test_others_beside_it_are_right(pool: ProcessPool) -> None:
    words = [f"number{n}" if n % 4 else "exit 1" for n in range(40)]

    def one(each: str) -> bytes | None:
        try:
            return pool.run(call(each)).facts
        except ChildDiedError:
            return None

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(one, words))
    assert found == [None if each == "exit 1" else each.encode() for each in words]
    assert len(pool.pids()) <= 2


def test_who_is_alone_has_a_new_process_to_itself(pool: ProcessPool) -> None:
    pool.run(call("warm"))
    before = set(pool.pids())
    with ThreadPoolExecutor(3) as threads:
        beside = [threads.submit(pool.run, call("sleep 0.2")) for _ in range(2)]
        time.sleep(0.1)
        began = time.monotonic()
        alone: Made = pool.run_alone(call("alone"))
        assert time.monotonic() - began > 0.05
        assert alone.facts == b"alone"
        assert all(each.result().facts == b"slept" for each in beside)
    assert set(pool.pids()) - before


def test_memory_that_was_given_is_there(pool: ProcessPool) -> None:
    much = Limits(memory_bytes=200 << 20, processor_s=5.0, clock_s=20.0)
    assert pool.run(call("take 150", much)).facts == b"%d" % (150 << 20)
    with pytest.raises(ChildMemoryError):
        pool.run(call("take 150"))


def test_a_large_call_passes_whole_and_its_memory_goes_back(pool: ProcessPool) -> None:
    made = pool.run(call("x" * (9 << 20), LIMITS, room=10 << 20))
    assert made.payload is not None
    assert len(made.payload) == 9 << 20
    assert pool.run(call("small")).payload == b"small"


def test_a_process_that_was_killed_while_it_waited_is_replaced(pool: ProcessPool) -> None:
    pool.run(call("warm"))
    for pid in pool.pids():
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(ChildDiedError):
        pool.run(call("first"))
    assert pool.run_alone(call("again")).facts == b"again"


def test_children_neither_heed_a_terminal_nor_write_to_disk(
    pool: ProcessPool, tmp_path: Path
) -> None:
    pool.run(call("warm"))
    pid = pool.pids()[-1]
    os.kill(pid, signal.SIGINT)
    assert os.getsid(pid) != os.getsid(0)
    assert pool.run(call("still here")).facts == b"still here"
    assert pid in pool.pids()
    with pytest.raises(ChildRaisedError, match="OSError"):
        pool.run(call(f"write {tmp_path / 'a'}"))


def test_a_child_that_decodes_has_imported_little() -> None:
    pool = ProcessPool(1, function="moderation.images.decoding.in_child:decode")
    made = pool.run(call("modules"))
    pool.close()
    loaded = {name.split(".")[0] for name in made.facts.decode().split()}
    assert "PIL" in loaded
    assert not loaded & {"numpy", "tensorflow", "apache_beam", "pydantic", "aiohttp"}


def test_nothing_is_started_before_a_call_and_nothing_is_left_behind() -> None:
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
    pool = ProcessPool(2, function=DO)
    assert pool.started == 0
    pool.run(call("one"))
    (pid,) = pool.pids()
    pool.close()
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(ClosedError):
        pool.run(call("late"))
    if before:
        assert len(os.listdir("/proc/self/fd")) <= len(before)


def test_where_no_process_can_be_started_the_reason_is_told() -> None:
    pool = ProcessPool(1, function="no_such_module:name")
    with pytest.raises(NoChildError, match="no_such_module"):
        pool.run(call("one"))
    pool.close()


PARENT = """
import sys, threading, time
from tests.images.processes.test_pool import DO, call
from moderation.images.processes.pool import ProcessPool
pool = ProcessPool(2, function=DO)
pool.run(call("one"))
print(*pool.pids(), flush=True)
pool.run(call("sleep 60"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a child ends at its next call")
def test_a_parent_that_is_killed_leaves_no_child_and_no_memory() -> None:
    shared = set(os.listdir("/dev/shm"))
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.2)
        parent.kill()
    for _ in range(500):
        if not os.path.exists(f"/proc/{child}"):
            break
        time.sleep(0.01)
    else:
        pytest.fail("the child lives on")
    assert set(os.listdir("/dev/shm")) <= shared


WITHOUT_STREAMS = """
import os, sys
from tests.images.processes.test_pool import call, DO
from moderation.images.processes.pool import ProcessPool
told = os.fdopen(os.dup(1), "w")
for stream in map(int, sys.argv[1]):
    os.close(stream)
pool = ProcessPool(1, function=DO)
print(pool.run(call("here")).facts.decode(), file=told, flush=True)
pool.close()
"""


@pytest.mark.parametrize("closed", ["0", "1", "2", "012"])
def test_a_parent_without_standard_streams_has_children_all_the_same(closed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_STREAMS, closed],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "here\n", done.stderr


def test_a_timeout_that_new_sockets_have_leaves_children_waiting() -> None:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(60)  # as Beam does where it looks for credentials
    try:
        pool = ProcessPool(1, function=DO)
        said = []
        for _ in range(3):
            said.append(pool.run(call("here")).facts)
            time.sleep(0.1)  # the child asks for its next call before there is one
        pool.close()
    finally:
        socket.setdefaulttimeout(before)
    assert said == [b"here"] * 3
    assert pool.started == 1


def test_a_call_tells_the_processor_time_of_its_process(pool: ProcessPool) -> None:
    slept, counted = pool.run(call("sleep 0.2")), pool.run(call("spin 0.05"))
    assert slept.processor_ns < 0.1e9 < slept.seconds * 1e9
    assert counted.processor_ns >= 0.05e9
