"""What the door promises beside the single fetch: once, bounded, counted."""

from __future__ import annotations

import json
import os
import signal
import threading
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from moderation.images.door import DoorStats, ImageDoor
from moderation.images.references import locate
from moderation.images.types import ImageOutcome, Target
from schemas.codes import Code
from tests.faults.names import FakeResolver
from tests.faults.pictures import jpeg, png
from tests.faults.server import FaultServer
from tests.images.doors import TARGET, ask, failure, fetch, image, inline, options


def test_one_picture_is_the_same_from_everywhere(fault_server: FaultServer, tmp_path: Path) -> None:
    data = fault_server.image
    (tmp_path / "a.jpg").write_bytes(data)
    with ImageDoor(options(fault_server)) as door:
        refs = [
            locate("img", fault_server.url("/image"), root="/"),
            locate("img", "a.jpg", root=str(tmp_path)),
            inline(data),
        ]
        found = [image(door.submit(ref, TARGET).result(30)) for ref in refs]
    for each in found:
        assert each.pixels.shape == (TARGET.height, TARGET.width, 3)
        assert each.pixels.dtype == np.uint8
        assert each.pixels.flags.c_contiguous
        assert (each.sha256, each.bytes) == (found[0].sha256, len(data))
        np.testing.assert_array_equal(each.pixels, found[0].pixels)


def test_a_url_is_fetched_once_per_run(fault_server: FaultServer) -> None:
    with ImageDoor(options(fault_server)) as door:
        together = [ask(door, fault_server.url("/image?a#x")) for _ in range(50)]
        assert {image(f.result(30)).sha256 for f in together}
        image(fetch(door, fault_server.url("/image?a")))
        gone = [failure(fetch(door, fault_server.url("/status/404"))) for _ in range(3)]
        stats = door.stats()
    assert fault_server.hits == {"/image": 1, "/status/404": 1}
    assert gone[0] == gone[2]
    assert (stats.fetches, stats.fetch_cache_hits, stats.images) == (2, 52, 54)


def test_two_sizes_of_one_url_are_fetched_once(fault_server: FaultServer) -> None:
    small, large = Target(8, 8), Target(32, 32)
    with ImageDoor(options(fault_server)) as door:
        asked = [ask(door, fault_server.url("/image"), target) for target in (small, large)]
        shapes = [image(future.result(30)).pixels.shape for future in asked]
    assert shapes == [(8, 8, 3), (32, 32, 3)]
    assert fault_server.hits["/image"] == 1


def test_equal_bytes_are_decoded_once(fault_server: FaultServer) -> None:
    with ImageDoor(options(fault_server)) as door:
        for path in ("/image?1", "/image?2", "/chunked"):
            image(fetch(door, fault_server.url(path)))
        refs = [inline(fault_server.image)] * 5
        asked = [door.submit(ref, TARGET) for ref in refs]
        shared = [image(future.result(30)) for future in asked]
        stats = door.stats()
    assert sum(stats.decode_ms) == 1
    assert stats.decode_cache_hits == 7
    assert all(each.pixels is shared[0].pixels for each in shared)
    with pytest.raises(ValueError, match="read-only"):
        shared[0].pixels[0, 0, 0] = 1


def test_what_is_remembered_stays_in_bounds(fault_server: FaultServer) -> None:
    target = Target(64, 64)
    tight = options(fault_server, cache_max_bytes=3 * (64 * 64 * 3 + 10_000), cache_max_urls=5)
    with ImageDoor(tight) as door:
        for number in range(12):
            picture = png(20 + number, 20)
            fault_server.files[f"/{number}"] = picture
            image(ask(door, fault_server.url(f"/{number}"), target).result(30))
        image(ask(door, fault_server.url("/11"), target).result(30))
        image(ask(door, fault_server.url("/0"), target).result(30))
    assert fault_server.hits["/11"] == 1
    assert fault_server.hits["/0"] == 2


def test_no_host_has_more_than_its_connections_and_they_are_reused(
    fault_server: FaultServer,
) -> None:
    with ImageDoor(options(fault_server, connections_per_host=3)) as door:
        asked = [ask(door, fault_server.url(f"/image?{n}")) for n in range(100)]
        assert all(image(future.result(30)) for future in asked)
    assert fault_server.most_open_at_once <= 3
    assert fault_server.connections <= 3


def test_connections_kept_for_later_are_bounded_over_all_hosts(
    fault_server: FaultServer,
) -> None:
    hosts = [f"host{number}.test" for number in range(120)]
    names = FakeResolver({host: ["127.0.0.1"] for host in hosts})
    most = 0
    with ImageDoor(options(fault_server, connections=8), resolver=names) as door:
        for host in hosts:
            image(fetch(door, fault_server.url(f"/image?{host}", host=host)))
            most = max(most, fault_server.open_connections)
    assert 1 < most <= 2 * 8 + 1


def test_a_slow_host_does_not_hold_up_a_fast_one(fault_server: FaultServer) -> None:
    with FaultServer(host="127.0.0.2") as fast:
        few = options(fault_server, fast, connections=4, connections_per_host=2, retries=0)
        with ImageDoor(few) as door:
            slow = [ask(door, fault_server.url(f"/slow/headers?{n}")) for n in range(6)]
            for number in range(20):
                image(fetch(door, fast.url(f"/image?{number}")))
            assert not any(future.done() for future in slow[2:])


def test_waiting_for_a_turn_costs_no_deadline(fault_server: FaultServer) -> None:
    queue = options(fault_server, connections_per_host=1, timeout_s=1.0, host_failures=100)
    with ImageDoor(queue) as door:
        blocked = [ask(door, fault_server.url(f"/slow/headers?{n}")) for n in range(3)]
        last = ask(door, fault_server.url("/image"))
        assert image(last.result(30))
        assert {failure(future.result(30)).code for future in blocked} == {Code.TIMEOUT}


def test_bytes_in_flight_are_capped_and_large_bodies_still_come(
    fault_server: FaultServer,
) -> None:
    large = jpeg(600, 600) + bytes(300_000)
    fault_server.files["/large"] = large
    limit = 1_000_000
    narrow = options(fault_server, max_in_flight_bytes=limit, connections_per_host=32, timeout_s=20)
    with ImageDoor(narrow) as door:
        asked = [ask(door, fault_server.url(f"/large?{n}")) for n in range(40)]
        asked += [ask(door, fault_server.url(f"/chunked?{n}")) for n in range(10)]
        assert all(image(future.result(60)) for future in asked)
        stats = door.stats()
    assert 0 < stats.peak_bytes_in_flight <= limit + narrow.max_bytes


def test_an_image_beyond_the_whole_budget_passes_alone(fault_server: FaultServer) -> None:
    fault_server.files["/large"] = jpeg(600, 600) + bytes(300_000)
    with ImageDoor(options(fault_server, max_in_flight_bytes=1000)) as door:
        asked = [ask(door, fault_server.url(f"/large?{n}")) for n in range(5)]
        assert all(image(future.result(30)) for future in asked)


def test_many_threads_may_submit(fault_server: FaultServer) -> None:
    outcomes: list[Future[ImageOutcome]] = []
    with ImageDoor(options(fault_server)) as door:

        def work(name: int) -> None:
            for number in range(20):
                outcomes.append(ask(door, fault_server.url(f"/image?{name}-{number}")))
                outcomes.append(door.submit(inline(jpeg(50 + number)), TARGET))

        threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(image(future.result(60)) for future in outcomes)
        assert door.stats().images == len(outcomes) == 320


def test_stats_add_up_and_survive_json(fault_server: FaultServer, tmp_path: Path) -> None:
    with ImageDoor(options(fault_server)) as door:
        fetch(door, fault_server.url("/image"))
        fetch(door, fault_server.url("/status/500"))
        first = door.take_stats()
        fetch(door, fault_server.url("/redirect/chain/2"))
        fetch(door, fault_server.url("/status/500"))
        door.submit(locate("img", "none.png", root=str(tmp_path)), TARGET).result(30)
        second = door.take_stats()
        total = door.stats()
    assert first.merge(second) == total
    assert total.outcomes == {"ok": 2, "server_error": 2, "not_found": 1}
    assert total.images == sum(total.outcomes.values())
    assert total.sources == {"http": 4, "local": 1}
    assert (total.fetches, total.requests, total.retries) == (3, 7, 2)
    assert (total.redirects, total.fetch_cache_hits) == (2, 1)
    assert sum(total.fetch_ms) == total.fetches
    assert total.worst_hosts == {"127.0.0.1": 1}
    assert total.bytes == len(fault_server.image)
    assert json.loads(json.dumps(total.as_dict()))["fetch_ms"] == list(total.fetch_ms)
    assert DoorStats().merge(total) == total == total.merge(DoorStats())


def test_the_list_of_worst_hosts_is_capped() -> None:
    stats = DoorStats()
    for number in range(100):
        stats = stats.merge(DoorStats(worst_hosts={f"{number:03}.test": number}))
    assert len(stats.worst_hosts) == 20
    assert next(iter(stats.worst_hosts)) == "099.test"


def test_a_decoders_process_that_is_killed_from_outside_costs_no_picture() -> None:
    with ImageDoor(options()) as door:
        image(door.submit(inline(png(20, 20)), TARGET).result(30))
        (child,) = door._decoding._decoder._pool.pids()  # type: ignore[attr-defined]
        os.kill(child, signal.SIGKILL)
        asked = [door.submit(inline(png(21 + n, 20)), TARGET) for n in range(8)]
        assert all(image(future.result(30)) for future in asked)
        stats = door.stats()
    assert stats.decoders_lost == 1
    assert stats.outcomes == {"ok": 9}


def test_a_door_that_is_asked_for_no_picture_starts_no_process(fault_server: FaultServer) -> None:
    with ImageDoor(options(fault_server)) as door:
        failure(fetch(door, fault_server.url("/status/404")))
        assert door._decoding._decoder._pool.started == 0  # type: ignore[attr-defined]
