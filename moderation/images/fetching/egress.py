"""Who may be asked: every URL, every answer of the name system, every socket."""

from __future__ import annotations

import ipaddress
from typing import Any

from moderation.images.fetching.addresses import holds
from moderation.images.fetching.hosts import HostList
from moderation.images.fetching.resolver import Resolver, parse_addresses
from moderation.images.options import DoorOptions
from moderation.images.references.urls import Url
from moderation.images.types import ImageError
from schemas.codes import Code


class EgressGuard:
    """Judges each hop of a fetch three times: its URL, its addresses, its socket."""

    def __init__(self, options: DoorOptions, resolver: Resolver) -> None:
        self._ports = frozenset(options.allowed_ports)
        self._allowed = HostList.parse(options.allow_hosts)
        self._denied = HostList.parse(options.deny_hosts)
        self._policy = options.address_policy()
        self._resolver = resolver

    def judge_url(self, url: Url) -> None:
        """Raises ``ImageError``: ``BLOCKED_HOST`` or, for an address, ``BLOCKED_ADDRESS``."""
        if url.port not in self._ports:
            raise ImageError(Code.BLOCKED_HOST, f"port {url.port} is not allowed")
        if url.address is not None:
            self._judge_all(url.host, [url.address])
        elif self._denied.has_name(url.host):
            raise ImageError(Code.BLOCKED_HOST, f"{url.host} is on the deny list")
        elif self._allowed and not self._allowed.networks and not self._allowed.has_name(url.host):
            raise ImageError(Code.BLOCKED_HOST, f"{url.host} is not on the allow list")

    async def addresses(self, host: str) -> list[str]:
        """Every address of a name, all of them judged.

        One forbidden answer refuses the name: who mixes public and private answers wants the
        client to pick the wrong one. Raises ``ImageError``: ``DNS`` or ``BLOCKED_…``.
        """
        found = parse_addresses(host, await self._resolver.resolve(host))
        self._judge_all(host, found)
        return [str(address) for address in found]

    async def judge_behind_proxy(self, host: str) -> None:
        """Judge a name that the proxy will resolve, as far as it can be resolved here.

        What only the proxy knows, only the proxy can refuse. Raises ``ImageError``.
        """
        try:
            await self.addresses(host)
        except ImageError as error:
            if error.code is not Code.DNS:
                raise
            if self._allowed and not self._allowed.has_name(host):
                raise ImageError(Code.BLOCKED_HOST, f"{host} is not on the allow list") from None

    async def resolve(self, host: str) -> list[str]:
        """Every address of a name of the operator's own, not judged. Raises ``ImageError``."""
        return [str(a) for a in parse_addresses(host, await self._resolver.resolve(host))]

    def judge_peer(self, peer: tuple[Any, ...]) -> None:
        """The last look, at the address a socket is about to connect to."""
        refusal = self._policy.refusal(ipaddress.ip_address(peer[0]))
        if refusal is not None:
            raise BlockedPeerError(refusal)

    def _judge_all(
        self, host: str, addresses: list[ipaddress.IPv4Address | ipaddress.IPv6Address]
    ) -> None:
        for address in addresses:
            refusal = self._policy.refusal(address)
            if refusal is not None:
                raise ImageError(Code.BLOCKED_ADDRESS, refusal)
            if (
                self._allowed
                and not self._allowed.has_name(host)
                and not holds(self._allowed.networks, address)
            ):
                raise ImageError(Code.BLOCKED_HOST, f"{host} is not on the allow list")


class BlockedPeerError(OSError):
    """A socket was about to connect to a forbidden address."""
