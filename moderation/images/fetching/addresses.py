"""Which addresses a stranger's URL may lead to: public unicast, and nothing else.

The ranges are those of the IANA IPv4 and IPv6 Special-Purpose Address
Registries (RFC 6890, as updated to RFC 9780), with multicast (RFC 5771,
RFC 4291), the deprecated site-local (RFC 3879) and every form that hides an
IPv4 address in an IPv6 one. All of them are refused, globally reachable or
not: none is where pictures are served. Beyond the list, IPv6 outside 2000::/3
is refused as a whole, since IANA has allocated no global unicast there.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Range:
    """One special-purpose range, its name in the registry, and its document."""

    network: Network
    name: str
    source: str
    private: bool = False
    """Open to ``allow_private_hosts``: what an intranet or a test uses."""


def _range(network: str, name: str, source: str, *, private: bool = False) -> Range:
    return Range(ipaddress.ip_network(network), name, source, private)


RANGES: tuple[Range, ...] = (
    # IPv4, most specific first where ranges nest
    _range("0.0.0.0/32", "this host on this network", "RFC 1122"),
    _range("0.0.0.0/8", "this network", "RFC 791"),
    _range("10.0.0.0/8", "private use", "RFC 1918", private=True),
    _range("100.64.0.0/10", "shared address space", "RFC 6598", private=True),
    _range("127.0.0.0/8", "loopback", "RFC 1122", private=True),
    _range("169.254.0.0/16", "link local", "RFC 3927"),
    _range("172.16.0.0/12", "private use", "RFC 1918", private=True),
    _range("192.0.0.0/29", "IPv4 service continuity prefix", "RFC 7335"),
    _range("192.0.0.8/32", "IPv4 dummy address", "RFC 7600"),
    _range("192.0.0.9/32", "port control protocol anycast", "RFC 7723"),
    _range("192.0.0.10/32", "TURN anycast", "RFC 8155"),
    _range("192.0.0.170/31", "NAT64/DNS64 discovery", "RFC 7050"),
    _range("192.0.0.0/24", "IETF protocol assignments", "RFC 6890"),
    _range("192.0.2.0/24", "documentation (TEST-NET-1)", "RFC 5737"),
    _range("192.31.196.0/24", "AS112-v4", "RFC 7535"),
    _range("192.52.193.0/24", "AMT", "RFC 7450"),
    _range("192.88.99.0/24", "deprecated 6to4 relay anycast", "RFC 7526"),
    _range("192.168.0.0/16", "private use", "RFC 1918", private=True),
    _range("192.175.48.0/24", "direct delegation AS112 service", "RFC 7534"),
    _range("198.18.0.0/15", "benchmarking", "RFC 2544"),
    _range("198.51.100.0/24", "documentation (TEST-NET-2)", "RFC 5737"),
    _range("203.0.113.0/24", "documentation (TEST-NET-3)", "RFC 5737"),
    _range("224.0.0.0/4", "multicast", "RFC 5771"),
    _range("255.255.255.255/32", "limited broadcast", "RFC 8190"),
    _range("240.0.0.0/4", "reserved", "RFC 1112"),
    # IPv6
    _range("::1/128", "loopback", "RFC 4291", private=True),
    _range("::/128", "unspecified address", "RFC 4291"),
    _range("::ffff:0:0/96", "IPv4-mapped", "RFC 4291"),
    _range("::ffff:0:0:0/96", "IPv4-translated", "RFC 2765"),
    _range("::/96", "IPv4-compatible", "RFC 4291"),
    _range("64:ff9b::/96", "IPv4-IPv6 translation (NAT64)", "RFC 6052"),
    _range("64:ff9b:1::/48", "IPv4-IPv6 translation, local use", "RFC 8215"),
    _range("100::/64", "discard only", "RFC 6666"),
    _range("100:0:0:1::/64", "dummy prefix", "RFC 9780"),
    _range("2001::/32", "Teredo", "RFC 4380"),
    _range("2001:1::1/128", "port control protocol anycast", "RFC 7723"),
    _range("2001:1::2/128", "TURN anycast", "RFC 8155"),
    _range("2001:1::3/128", "DNS-SD SRP anycast", "RFC 9665"),
    _range("2001:2::/48", "benchmarking", "RFC 5180"),
    _range("2001:3::/32", "AMT", "RFC 7450"),
    _range("2001:4:112::/48", "AS112-v6", "RFC 7535"),
    _range("2001:10::/28", "deprecated ORCHID", "RFC 4843"),
    _range("2001:20::/28", "ORCHIDv2", "RFC 7343"),
    _range("2001:30::/28", "drone remote ID", "RFC 9374"),
    _range("2001::/23", "IETF protocol assignments", "RFC 2928"),
    _range("2001:db8::/32", "documentation", "RFC 3849"),
    _range("2002::/16", "6to4", "RFC 3056"),
    _range("2620:4f:8000::/48", "direct delegation AS112 service", "RFC 7534"),
    _range("3fff::/20", "documentation", "RFC 9637"),
    _range("5f00::/16", "segment routing (SRv6) SIDs", "RFC 9602"),
    _range("fc00::/7", "unique local", "RFC 4193", private=True),
    _range("fe80::/10", "link local", "RFC 4291"),
    _range("fec0::/10", "deprecated site local", "RFC 3879"),
    _range("ff00::/8", "multicast", "RFC 4291"),
)

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_ISATAP = (0x00005EFE, 0x02005EFE)


def special_range(address: Address) -> Range | None:
    """The first range that holds the address; None for public unicast."""
    for known in RANGES:
        if address.version == known.network.version and address in known.network:
            return known
    return None


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """What may be connected to. Refusals win over permissions, the special ranges come last."""

    denied: tuple[Network, ...] = ()
    trusted: tuple[Network, ...] = ()
    """Reached although special-purpose."""
    allow_private: bool = False

    def refusal(self, address: Address) -> str | None:
        """Why the address is not connected to; None: it may be."""
        if holds(self.denied, address):
            return f"{address} is on the deny list"
        if holds(self.trusted, address):
            return None
        if isinstance(address, ipaddress.IPv6Address):
            if address.scope_id is not None:
                return f"{address} carries a zone"
            if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
                return f"{address} hides an IPv4 address (ISATAP, RFC 5214)"
        known = special_range(address)
        if known is not None:
            if known.private and self.allow_private:
                return None
            return f"{address} is {known.name} ({known.network}, {known.source})"
        if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
            return f"{address} lies outside global unicast (2000::/3)"
        return None


def holds(networks: Iterable[Network], address: Address) -> bool:
    """True where one of the networks contains the address."""
    return any(address.version == network.version and address in network for network in networks)
