from __future__ import annotations

import ipaddress

import pytest

from moderation.images.fetching.addresses import RANGES, AddressPolicy, Range, special_range

STRICT = AddressPolicy()
INTRANET = AddressPolicy(allow_private=True)

# The registries' own rows, written down a second time: a row lost from the module shows here.
IANA = """
0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12
192.0.0.0/24 192.0.0.0/29 192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32
192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24
198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 255.255.255.255/32 224.0.0.0/4
::1/128 ::/128 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23
2001::/32 2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48
2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20
5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""


def ends_and_middle(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> list[str]:
    return [str(network[0]), str(network[network.num_addresses // 2]), str(network[-1])]


@pytest.mark.parametrize("network", IANA.split())
def test_first_middle_and_last_address_of_every_iana_range_is_refused(network: str) -> None:
    for address in ends_and_middle(ipaddress.ip_network(network)):
        assert STRICT.refusal(ipaddress.ip_address(address)), address


@pytest.mark.parametrize("known", RANGES, ids=lambda known: str(known.network))
def test_a_refusal_names_the_range_and_its_document(known: Range) -> None:
    refusal = STRICT.refusal(known.network[0])
    assert refusal is not None
    found = special_range(known.network[0])
    assert found is not None
    assert found.source in refusal


# The neighbours of the ranges, and addresses that serve the web.
PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.215.14 100.63.255.255 100.128.0.0 126.255.255.255
128.0.0.0 151.101.1.69 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255
192.0.1.0 192.0.3.0 192.31.195.255 192.31.197.0 192.52.192.255 192.52.194.0 192.88.98.255
192.88.100.0 192.167.255.255 192.169.0.0 192.175.47.255 192.175.49.0 198.17.255.255 198.20.0.0
198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
2000:: 2001:200:: 2001:4860:4860::8888 2003::1 2606:4700:4700::1111 2620:4f:7fff::1 2620:4f:8001::1
2a00:1450:4001:80b::200e 2a04:4e42::81 3ffe::1 2001:db7:ffff::1 2001:db9::1 2c0f:ffff::1
"""


@pytest.mark.parametrize("address", PUBLIC.split())
def test_no_ordinary_public_address_is_refused(address: str) -> None:
    assert STRICT.refusal(ipaddress.ip_address(address)) is None


@pytest.mark.parametrize(
    "address",
    [
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1:2::a00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "2a00:1450:4001:80b:0:5efe:10.0.0.1",
        "2a00:1450:4001:80b:200:5efe:10.0.0.1",
        "fe80::1%eth0",
        "4000::1",
        "e000::1",
    ],
)
def test_v4_hidden_in_v6_zones_and_unallocated_v6_are_refused(address: str) -> None:
    assert STRICT.refusal(ipaddress.ip_address(address))


def test_private_ranges_open_for_an_intranet_but_the_metadata_address_does_not() -> None:
    for address in ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "::1", "fd00::1"):
        assert INTRANET.refusal(ipaddress.ip_address(address)) is None
    for address in ("169.254.169.254", "fe80::1", "::ffff:127.0.0.1", "224.0.0.1", "0.0.0.0"):
        assert INTRANET.refusal(ipaddress.ip_address(address)) is not None


def test_a_trusted_network_opens_and_a_denied_one_wins() -> None:
    policy = AddressPolicy(
        denied=(ipaddress.ip_network("10.1.1.0/24"), ipaddress.ip_network("8.8.8.0/24")),
        trusted=(ipaddress.ip_network("10.1.0.0/16"),),
    )
    assert policy.refusal(ipaddress.ip_address("10.1.2.3")) is None
    assert policy.refusal(ipaddress.ip_address("10.1.1.3"))
    assert policy.refusal(ipaddress.ip_address("10.2.0.1"))
    assert policy.refusal(ipaddress.ip_address("8.8.8.8"))
