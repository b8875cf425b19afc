"""A door that closes, is dropped or travels leaves nothing behind."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.references import locate
from moderation.images.types import ImageFailure, ImageOutcome, ImageRef
from tests.faults.pictures import jpeg, png
from tests.faults.server import FaultServer
from tests.images.doors import TARGET, ask, failure, fetch, image, inline, options


def test_memory_is_flat_over_thousands_of_fetches() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fetch.many_tiny", "--count", "8000"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_whatever_is_submitted_the_future_has_an_outcome() -> None:
    odd = ["", "http://", "gs://", "data:", "data:,", "\0", "relative", "http://[", "gs://b/o\n"]
    with ImageDoor(DoorOptions(timeout_s=0.5), store=BrokenStore()) as door:
        for location in odd:
            outcome = door.submit(ImageRef("img", "odd", location, None), TARGET).result(30)
            assert isinstance(outcome, ImageFailure), location


class BrokenStore:
    def read(self, location: str, max_bytes: int) -> bytes:
        raise FileNotFoundError(location)


def test_closing_leaves_no_future_hanging(fault_server: FaultServer, tmp_path: Path) -> None:
    door = ImageDoor(options(fault_server, timeout_s=20, connections_per_host=2, decode_threads=1))
    asked = [ask(door, fault_server.url(f"/slow/body?{n}")) for n in range(10)]
    asked += [door.submit(inline(jpeg(900 + n, 900)), TARGET) for n in range(50)]
    door.close()
    outcomes = [future.result(timeout=10) for future in asked]
    assert all(each.retryable for each in outcomes if isinstance(each, ImageFailure))
    late = door.submit(inline(jpeg()), TARGET).result(timeout=10)
    assert failure(late).retryable
    assert failure(fetch(door, fault_server.url("/image"))).retryable
    door.close()


def test_who_submits_while_the_door_closes_is_answered(fault_server: FaultServer) -> None:
    asked: list[Future[ImageOutcome]] = []
    for turn in range(10):
        door = ImageDoor(options(fault_server))
        fetch(door, fault_server.url("/image"))
        started = threading.Event()

        def work(
            door: ImageDoor = door, turn: int = turn, started: threading.Event = started
        ) -> None:
            for number in range(200):
                asked.append(ask(door, fault_server.url(f"/image?{turn}-{number}")))
                asked.append(door.submit(inline(jpeg(30 + number)), TARGET))
                started.set()

        thread = threading.Thread(target=work)
        thread.start()
        started.wait(10)
        door.close()
        thread.join()
    assert all(future.result(timeout=10) for future in asked)
    assert len(asked) == 4000


def test_a_future_that_was_cancelled_harms_nobody(fault_server: FaultServer) -> None:
    with ImageDoor(options(fault_server)) as door:
        first = ask(door, fault_server.url("/image"))
        second = ask(door, fault_server.url("/image"))
        first.cancel()
        assert image(second.result(30))


def test_a_door_that_was_dropped_unclosed_leaves_no_thread(fault_server: FaultServer) -> None:
    door = ImageDoor(options(fault_server))
    image(fetch(door, fault_server.url("/image")))
    image(door.submit(inline(png()), TARGET).result(30))
    del door
    gc.collect()
    wait_for(lambda: not any(t.name.startswith("image-") for t in threading.enumerate()))


def wait_for(condition: Callable[[], bool]) -> None:
    """Up to ten seconds, since threads end when they end."""
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail(f"still running: {[thread.name for thread in threading.enumerate()]}")


def test_options_and_references_travel() -> None:
    for each in (options(), locate("img", "a.png", root="/r"), TARGET):
        assert pickle.loads(pickle.dumps(each)) == each


def test_descriptors_and_threads_are_given_back(fault_server: FaultServer) -> None:
    def round_trip() -> None:
        with ImageDoor(options(fault_server, retries=0)) as door:
            asked = [ask(door, fault_server.url(f"/image?{n}")) for n in range(20)]
            asked += [
                ask(door, fault_server.url(path)) for path in ("/reset", "/close", "/endless")
            ]
            asked.append(ask(door, fault_server.url("/image", host="localhost")))
            for future in asked:
                future.result(30)

    round_trip()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        round_trip()
    wait_for(lambda: len(os.listdir("/proc/self/fd")) <= before)
    wait_for(lambda: not any(t.name.startswith("image-") for t in threading.enumerate()))
