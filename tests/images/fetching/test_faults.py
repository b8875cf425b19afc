"""Every fault of the fault server: its code, within its deadline, beside others unharmed."""

from __future__ import annotations

import time

import pytest

from moderation.images.door import ImageDoor
from schemas.codes import Code
from tests.faults.server import FaultServer
from tests.images.doors import ask, failure, fetch, image, options

FAULTS = {
    "/status/404": (Code.NOT_FOUND, False, 1),
    "/status/410": (Code.GONE, False, 1),
    "/status/401": (Code.FORBIDDEN, False, 1),
    "/status/403": (Code.FORBIDDEN, False, 1),
    "/status/451": (Code.UNAVAILABLE_LEGALLY, False, 1),
    "/status/400": (Code.HTTP_STATUS, False, 1),
    "/status/501": (Code.HTTP_STATUS, False, 1),
    "/status/304": (Code.HTTP_STATUS, False, 1),
    "/status/408": (Code.TIMEOUT, True, 3),
    "/status/425": (Code.SERVER_ERROR, True, 3),
    "/status/429": (Code.RATE_LIMITED, True, 3),
    "/status/500": (Code.SERVER_ERROR, True, 3),
    "/status/502": (Code.SERVER_ERROR, True, 3),
    "/status/503": (Code.SERVER_ERROR, True, 3),
    "/status/504": (Code.SERVER_ERROR, True, 3),
    "/partial": (Code.HTTP_STATUS, False, 1),
    "/redirect/loop": (Code.TOO_MANY_REDIRECTS, False, 1),
    "/redirect/chain/6": (Code.TOO_MANY_REDIRECTS, False, 1),
    "/redirect/nowhere": (Code.HTTP_STATUS, False, 1),
    "/redirect?to=file:///etc/passwd": (Code.INVALID_REFERENCE, False, 1),
    "/redirect?to=gopher://127.0.0.1/": (Code.INVALID_REFERENCE, False, 1),
    "/redirect?to=http://user:pass@127.0.0.1/": (Code.INVALID_REFERENCE, False, 1),
    "/redirect?to=http://169.254.169.254/latest/": (Code.BLOCKED_ADDRESS, False, 1),
    "/redirect?to=http://[::ffff:7f00:1]/": (Code.BLOCKED_ADDRESS, False, 1),
    "/redirect?to=http://127.0.0.1:22/": (Code.BLOCKED_HOST, False, 1),
    "/slow/headers": (Code.TIMEOUT, True, 2),
    "/slow/body": (Code.TIMEOUT, True, 2),
    "/slow/drip/0.05": (Code.TIMEOUT, True, 1),
    "/slow/404": (Code.NOT_FOUND, False, 1),
    "/endless": (Code.TOO_LARGE_BYTES, False, 1),
    "/endless/chunked": (Code.TOO_LARGE_BYTES, False, 1),
    "/headers/endless": (Code.CONNECTION, True, 3),
    "/length/short": (Code.TRUNCATED, False, 1),
    "/length/short-at-once": (Code.LENGTH_MISMATCH, True, 3),
    "/length/long": (Code.LENGTH_MISMATCH, True, 3),
    "/reset": (Code.CONNECTION, True, 3),
    "/close": (Code.CONNECTION, True, 3),
    "/garbage": (Code.CONNECTION, True, 3),
    "/encoded/bomb": (Code.TOO_LARGE_BYTES, False, 1),
    "/encoded/cut": (Code.TRUNCATED, False, 1),
    "/encoded/broken": (Code.CORRUPT, False, 1),
    "/encoded/br": (Code.UNSUPPORTED_FORMAT, False, 1),
    "/wrong-type": (Code.UNSUPPORTED_FORMAT, False, 1),
    "/empty": (Code.EMPTY, False, 1),
    "/no-content": (Code.EMPTY, False, 1),
    "/bodyless/304": (Code.HTTP_STATUS, False, 1),
    "/bodyless/204": (Code.EMPTY, False, 1),
}
FINE = [
    "/image",
    "/image-as-text",
    "/chunked",
    "/encoded/gzip",
    "/encoded/members",
    "/encoded/deflate",
    "/encoded/raw-deflate",
    "/encoded/lie",
    "/encoded/utf-8",
    "/redirect/chain/5",
    "/redirect?to=/image&status=301",
    "/redirect?to=/image&status=303",
    "/redirect?to=/image&status=307",
    "/redirect?to=/image&status=308",
    "/flaky/1/500/a",
    "/flaky/2/503/b",
    "/reset-then-ok/1/c",
]


@pytest.mark.parametrize("path", FAULTS)
def test_a_fault_has_its_code_and_its_number_of_tries(fault_server: FaultServer, path: str) -> None:
    code, retryable, attempts = FAULTS[path]
    timeout_s = 1.5 if path.startswith("/slow") else 15.0
    with ImageDoor(options(fault_server, timeout_s=timeout_s)) as door:
        found = failure(fetch(door, fault_server.url(path)))
    assert (found.code, found.retryable, found.attempts) == (code, retryable, attempts)


@pytest.mark.parametrize("path", FINE)
def test_what_can_be_had_is_had(fault_server: FaultServer, path: str) -> None:
    with ImageDoor(options(fault_server)) as door:
        found = image(fetch(door, fault_server.url(path)))
    assert (found.format, found.width, found.height) == ("JPEG", 64, 48)
    assert found.bytes == len(fault_server.image)


def test_all_faults_at_once_leave_each_other_and_the_good_ones_alone(
    fault_server: FaultServer,
) -> None:
    patient = options(
        fault_server, connections_per_host=64, timeout_s=6.0, retries=1, host_failures=1000
    )
    with ImageDoor(patient) as door:
        started = time.monotonic()
        asked = {path: ask(door, fault_server.url(path)) for path in [*FAULTS, *FINE[:14]]}
        found = {path: future.result(timeout=60) for path, future in asked.items()}
        took_s = time.monotonic() - started
    for path, (code, _, _) in FAULTS.items():
        assert failure(found[path]).code is code, path
    for path in FINE[:14]:
        assert image(found[path]).format == "JPEG", path
    # Side by side, the whole takes about as long as the slowest of them alone.
    assert took_s < 3 * patient.timeout_s


@pytest.mark.parametrize("path", ["/slow/headers", "/slow/body", "/slow/drip/0.05"])
def test_one_deadline_holds_for_the_whole_fetch(fault_server: FaultServer, path: str) -> None:
    impatient = options(fault_server, timeout_s=0.6, idle_timeout_s=0.25, retries=50)
    with ImageDoor(impatient) as door:
        started = time.monotonic()
        found = failure(fetch(door, fault_server.url(path)))
        took_s = time.monotonic() - started
    assert found.code is Code.TIMEOUT
    assert 0.2 < took_s < 5 * impatient.timeout_s


@pytest.mark.parametrize("header", ["retry_after=1", "retry_after_date_s=2"])
def test_retry_after_is_waited_for(fault_server: FaultServer, header: str) -> None:
    with ImageDoor(options(fault_server, timeout_s=10.0, retries=1)) as door:
        started = time.monotonic()
        found = failure(fetch(door, fault_server.url(f"/status/429?{header}")))
        took_s = time.monotonic() - started
    assert (found.code, found.attempts) == (Code.RATE_LIMITED, 2)
    assert took_s > 0.9


def test_a_retry_after_beyond_the_deadline_is_not_waited_for(fault_server: FaultServer) -> None:
    with ImageDoor(options(fault_server, timeout_s=5.0)) as door:
        started = time.monotonic()
        found = failure(fetch(door, fault_server.url("/status/503?retry_after=3600")))
        other = failure(fetch(door, fault_server.url("/image")))
        took_s = time.monotonic() - started
    assert (found.code, found.attempts) == (Code.SERVER_ERROR, 1)
    assert other.code is Code.RATE_LIMITED
    assert fault_server.hits["/image"] == 0
    assert took_s < 4.0


def test_only_the_first_tries_of_a_hopeless_host_reach_it(fault_server: FaultServer) -> None:
    stern = options(fault_server, host_failures=3, retries=0, connections_per_host=1)
    with ImageDoor(stern) as door:
        asked = [ask(door, fault_server.url(f"/status/500?n={n}")) for n in range(20)]
        codes = [failure(future.result(timeout=30)).code for future in asked]
        stats = door.stats()
    assert codes == [Code.SERVER_ERROR] * 3 + [Code.HOST_GIVEN_UP] * 17
    assert all(code.retryable for code in codes)
    assert fault_server.hits["/status/500"] == 3
    assert stats.hosts_given_up == 1


def test_an_answer_in_between_keeps_a_host(fault_server: FaultServer) -> None:
    stern = options(fault_server, host_failures=2, retries=0, connections_per_host=1)
    paths = ["/status/500?1", "/status/404?2", "/status/500?3", "/image?4", "/status/500?5"]
    with ImageDoor(stern) as door:
        found = [fetch(door, fault_server.url(path)) for path in [*paths, "/image?6"]]
    assert image(found[-1])


def test_a_given_up_host_does_not_take_others_with_it(fault_server: FaultServer) -> None:
    with FaultServer(host="127.0.0.2") as other:
        stern = options(fault_server, other, host_failures=1, retries=0)
        with ImageDoor(stern) as door:
            failure(fetch(door, fault_server.url("/status/500")))
            assert failure(fetch(door, fault_server.url("/image"))).code is Code.HOST_GIVEN_UP
            image(fetch(door, other.url("/image")))


def test_nobody_listening_is_a_retryable_connection_failure(fault_server: FaultServer) -> None:
    with FaultServer() as gone:
        url = gone.url("/image")
    with ImageDoor(options(fault_server, gone)) as door:
        found = failure(fetch(door, url))
    assert (found.code, found.retryable, found.attempts) == (Code.CONNECTION, True, 3)


def test_no_secret_of_a_url_is_in_a_message(fault_server: FaultServer) -> None:
    with ImageDoor(options(fault_server, retries=0)) as door:
        for path in ("/status/404", "/status/500", "/garbage", "/close", "/redirect/loop"):
            found = failure(fetch(door, fault_server.url(path + "?token=SECRET#SECRET")))
            assert "SECRET" not in found.message
        assert "SECRET" not in str(door.stats())
