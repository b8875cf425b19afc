"""What a stranger's URL must not reach, over real sockets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.fetching.client import HttpClient
from moderation.images.fetching.egress import EgressGuard
from moderation.images.references.urls import parse_url
from moderation.images.types import ImageError
from schemas.codes import Code
from tests.faults.certificates import Authority
from tests.faults.names import FakeResolver
from tests.faults.server import FaultServer
from tests.images.doors import failure, fetch, image, options

# In these tests 127.0.0.1 plays the public web (it is trusted), 127.0.0.2 the network inside.
WEB = {"allow_private_hosts": False, "trusted_networks": ("127.0.0.1/32",), "retries": 0}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "\uff11\uff12\uff17.0.0.1",
        "%31%32%37.0.0.1",
        "127\u30020\u30020\u30021",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[::]",
        "0",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
    ],
)
def test_nothing_special_is_reached_however_it_is_written(
    fault_server: FaultServer, host: str
) -> None:
    names = FakeResolver({"localhost": ["127.0.0.1"]})
    strict = options(fault_server, allow_private_hosts=False)
    with ImageDoor(strict, resolver=names) as door:
        found = failure(fetch(door, fault_server.url("/image", host=host)))
    assert (found.code, found.retryable) == (Code.BLOCKED_ADDRESS, False)
    assert fault_server.connections == 0


def test_the_names_of_this_machine_lead_nowhere(fault_server: FaultServer) -> None:
    with ImageDoor(options(fault_server, allow_private_hosts=False)) as door:
        found = failure(fetch(door, fault_server.url("/image", host="localhost")))
    assert found.code is Code.BLOCKED_ADDRESS
    assert fault_server.connections == 0


@pytest.mark.parametrize(
    "answers",
    [
        ["10.0.0.1"],
        ["127.0.0.1", "127.0.0.2"],
        ["127.0.0.2", "127.0.0.1"],
        ["127.0.0.1", "::ffff:127.0.0.1"],
        ["127.0.0.1", "fe80::1%eth0"],
    ],
)
def test_one_forbidden_answer_among_many_refuses_the_name(
    fault_server: FaultServer, answers: list[str]
) -> None:
    names = FakeResolver({"images.test": answers})
    with ImageDoor(options(fault_server, **WEB), resolver=names) as door:
        found = failure(fetch(door, fault_server.url("/image", host="images.test")))
    assert found.code is Code.BLOCKED_ADDRESS
    assert fault_server.connections == 0


def test_a_name_whose_answer_changes_is_connected_where_it_was_judged() -> None:
    with FaultServer() as web, FaultServer(host="127.0.0.2") as inside:
        names = FakeResolver({"rebind.test": [["127.0.0.1"], ["127.0.0.2"]]})
        with ImageDoor(options(web, inside, **WEB), resolver=names) as door:
            image(fetch(door, web.url("/image", host="rebind.test")))
            assert names.asked["rebind.test"] == 1
            door2_url = inside.url("/image", host="rebind.test")
            failure(fetch(door, door2_url))
        with ImageDoor(options(web, inside, **WEB), resolver=names) as door:
            found = failure(fetch(door, inside.url("/image", host="rebind.test")))
        assert found.code is Code.BLOCKED_ADDRESS
        assert inside.connections == 0


def test_a_redirect_inside_is_refused_whatever_it_is_called() -> None:
    with FaultServer() as web, FaultServer(host="127.0.0.2") as inside:
        names = FakeResolver({"inside.test": ["127.0.0.2"], "web.test": ["127.0.0.1"]})
        with ImageDoor(options(web, inside, **WEB), resolver=names) as door:
            for target in (
                inside.url("/image"),
                inside.url("/image", host="inside.test"),
                inside.url("/image", host="2130706434"),
                f"//127.0.0.2:{inside.port}/image",
            ):
                for status in (301, 302, 303, 307, 308):
                    url = web.url(f"/redirect?status={status}&to={target}", host="web.test")
                    assert failure(fetch(door, url)).code is Code.BLOCKED_ADDRESS
            image(fetch(door, web.url("/redirect?to=" + web.url("/image", host="web.test"))))
        assert inside.connections == 0


def test_a_socket_to_a_forbidden_address_is_not_even_made(fault_server: FaultServer) -> None:
    """Past the judge of URLs and past the resolver: an address needs neither."""

    async def connect() -> Code:
        strict = options(fault_server, allow_private_hosts=False)
        client = HttpClient(strict, EgressGuard(strict, FakeResolver({})))
        try:
            with pytest.raises(ImageError) as caught:
                await client.get(parse_url(fault_server.url("/image")))
        finally:
            await client.close()
        return caught.value.code

    assert asyncio.run(connect()) is Code.BLOCKED_ADDRESS
    assert fault_server.connections == 0


def test_ports_are_closed_unless_they_are_named(fault_server: FaultServer) -> None:
    with ImageDoor(DoorOptions(allow_private_hosts=True)) as door:
        found = failure(fetch(door, fault_server.url("/image")))
    assert (found.code, found.retryable) == (Code.BLOCKED_HOST, False)
    assert fault_server.connections == 0


def test_a_denied_host_or_network_is_not_asked_even_if_it_is_allowed(
    fault_server: FaultServer,
) -> None:
    names = FakeResolver({name: ["127.0.0.1"] for name in ("bad.test", "a.bad.test", "ok.test")})
    picky = options(
        fault_server,
        deny_hosts=(".bad.test", "127.0.0.7"),
        allow_hosts=("bad.test", "ok.test", "127.0.0.0/8"),
    )
    with ImageDoor(picky, resolver=names) as door:
        for host in ("bad.test", "a.bad.test", "BAD.test."):
            found = failure(fetch(door, fault_server.url("/image", host=host)))
            assert found.code is Code.BLOCKED_HOST
        assert failure(fetch(door, fault_server.url("/image", host="127.0.0.7"))).code is (
            Code.BLOCKED_ADDRESS
        )
        image(fetch(door, fault_server.url("/image", host="ok.test")))


def test_an_allow_list_shuts_out_the_rest(fault_server: FaultServer) -> None:
    names = FakeResolver({name: ["127.0.0.1"] for name in ("a.cdn.test", "cdn.test", "other.test")})
    only = options(fault_server, allow_hosts=("*.cdn.test",), **WEB)
    with ImageDoor(only, resolver=names) as door:
        image(fetch(door, fault_server.url("/image", host="a.cdn.test")))
        for host in ("other.test", "xcdn.test", "127.0.0.1"):
            found = failure(fetch(door, fault_server.url("/image", host=host)))
            assert found.code is Code.BLOCKED_HOST
        redirect = "/redirect?to=" + fault_server.url("/image", host="other.test")
        found = failure(fetch(door, fault_server.url(redirect, host="a.cdn.test")))
        assert found.code is Code.BLOCKED_HOST


def test_a_network_on_the_allow_list_is_reached_though_it_is_private(
    fault_server: FaultServer,
) -> None:
    names = FakeResolver({"in.test": ["127.0.0.1"], "out.test": ["93.184.215.14"]})
    only = options(fault_server, allow_private_hosts=False, allow_hosts=("127.0.0.1/32",))
    with ImageDoor(only, resolver=names) as door:
        image(fetch(door, fault_server.url("/image")))
        image(fetch(door, fault_server.url("/image", host="in.test")))
        found = failure(fetch(door, fault_server.url("/image", host="out.test")))
        assert found.code is Code.BLOCKED_HOST


def test_a_name_that_does_not_exist_is_a_dns_failure(fault_server: FaultServer) -> None:
    with ImageDoor(options(fault_server), resolver=FakeResolver({"empty.test": []})) as door:
        for host in ("nowhere.test", "empty.test"):
            found = failure(fetch(door, fault_server.url("/image", host=host)))
            assert (found.code, found.retryable, found.attempts) == (Code.DNS, True, 1)


def test_proxies_of_the_environment_are_not_asked(
    fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url(""))
        with ImageDoor(options(fault_server)) as door:
            image(fetch(door, fault_server.url("/image")))
        assert proxy.connections == 0


def test_an_egress_proxy_gets_every_request_and_only_what_was_judged() -> None:
    with FaultServer(host="127.0.0.2") as proxy:  # answers for whatever host it is asked
        names = FakeResolver({"inside.test": ["10.0.0.1"]})
        through = options(egress_proxy=proxy.url(""), **WEB)
        with ImageDoor(through, resolver=names) as door:
            image(fetch(door, "http://web.test/image"))  # a name that only the proxy knows
            for url in ("http://10.0.0.1/image", "http://inside.test/image", "http://web.test:22/"):
                assert failure(fetch(door, url)).code in (Code.BLOCKED_ADDRESS, Code.BLOCKED_HOST)
        assert proxy.hits["/image"] == 1
        assert [headers["host"] for headers in proxy.seen_headers] == ["web.test"]


def test_a_request_tells_nothing_but_what_it_wants(fault_server: FaultServer) -> None:
    names = FakeResolver({"images.test": ["127.0.0.1"]})
    with ImageDoor(options(fault_server), resolver=names) as door:
        start = fault_server.url("/redirect?to=/image", host="images.test")
        image(fetch(door, start))
    for headers in fault_server.seen_headers:
        assert set(headers) == {"host", "user-agent", "accept", "accept-encoding"}
        assert headers["host"] == f"images.test:{fault_server.port}"


def test_tls_is_checked_against_the_name(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    names = FakeResolver({"good.test": ["127.0.0.1"], "bad.test": ["127.0.0.1"]})
    with FaultServer(certificate=authority.certificate("good.test")) as server:
        trusting = options(server, ca_file=str(authority.ca_file), retries=0)
        with ImageDoor(trusting, resolver=names) as door:
            image(fetch(door, server.url("/image", host="good.test")))
            for host in ("bad.test", "127.0.0.1"):
                found = failure(fetch(door, server.url("/image", host=host)))
                assert (found.code, found.retryable) == (Code.TLS, False)
                assert "mismatch" in found.message
        with ImageDoor(options(server, retries=0), resolver=names) as door:
            found = failure(fetch(door, server.url("/image", host="good.test")))
            assert found.code is Code.TLS


def test_plain_http_to_a_tls_port_is_no_http(tmp_path: Path) -> None:
    certificate = Authority(tmp_path).certificate("good.test")
    with FaultServer(certificate=certificate) as server, ImageDoor(options(server)) as door:
        found = failure(fetch(door, server.url("/image").replace("https", "http")))
    assert found.code is Code.CONNECTION


@pytest.mark.parametrize(
    "changes",
    [
        {"timeout_s": 0},
        {"connections": 0},
        {"retries": -1},
        {"allowed_ports": (0,)},
        {"deny_hosts": ("a b",)},
        {"allow_hosts": ("2130706433",)},
        {"trusted_networks": ("example.org",)},
        {"egress_proxy": "socks5://127.0.0.1:1080"},
        {"egress_proxy": "http://user:pass@127.0.0.1:1080"},
    ],
)
def test_an_option_that_cannot_be_meant_is_refused_by_its_name(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(changes))):
        DoorOptions(**changes)  # type: ignore[arg-type]
