"""Allow and deny lists of hosts and networks, as an operator writes them.

An entry is an address (``203.0.113.7``), a network (``10.20.0.0/16``), a host
(``images.example``) or a host with everything below it (``.images.example``
or ``*.images.example``).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from moderation.images.fetching.addresses import Network
from moderation.images.references.urls import canonical_host
from moderation.images.types import ImageError


@dataclass(frozen=True, slots=True)
class HostList:
    """Names and networks, taken apart once."""

    names: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> HostList:
        """Read entries; raises ``ValueError`` naming the first that is none."""
        names, suffixes, networks = set(), [], []
        for entry in entries:
            text = entry.strip()
            network = _network(text)
            if network is not None:
                networks.append(network)
            elif text.startswith(("*.", ".")):
                suffixes.append("." + _name(text.lstrip("*").lstrip("."), entry))
            else:
                names.add(_name(text, entry))
        return cls(frozenset(names), tuple(suffixes), tuple(networks))

    def has_name(self, host: str) -> bool:
        """True where a canonical host is listed by name or lies below a listed one."""
        return host in self.names or any(
            host.endswith(suffix) or host == suffix[1:] for suffix in self.suffixes
        )

    def __bool__(self) -> bool:
        return bool(self.names or self.suffixes or self.networks)


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None


def _name(text: str, entry: str) -> str:
    try:
        name, address = canonical_host(text)
    except ImageError as error:
        raise ValueError(f"{entry!r} is no host and no network: {error.message}") from None
    if address is not None:
        raise ValueError(f"{entry!r} is an address written as a name; write {address}")
    return name
