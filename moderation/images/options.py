"""Everything about the door that an operator may set. Picklable; checked when it is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from moderation.images.fetching.addresses import AddressPolicy
from moderation.images.fetching.hosts import HostList
from moderation.images.references.printing import safe_reference
from moderation.images.references.urls import parse_url
from moderation.images.types import ImageError
from moderation.option_error import OptionError, option

_MIB = 1 << 20
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]*(/.*)?")


class DoorOptionError(OptionError, ValueError):
    """An option of the door that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class DoorOptions:
    """Limits and permissions of one ``ImageDoor``.

    Raises ``DoorOptionError`` on creation.
    """

    timeout_s: float = 20.0
    """For a whole fetch: redirects, retries and the pauses between them; not for its turn."""
    connect_timeout_s: float = 5.0
    """For one connection, TLS included."""
    idle_timeout_s: float = 10.0
    """For the next byte of one response."""
    max_bytes: int = 20 * _MIB
    """Of one encoded image, also after a Content-Encoding is undone."""
    max_pixels: int = 50_000_000
    """Width × height of one image."""
    max_pixels_at_once: int = 100_000_000
    """Of all images that are being decoded; 16 bytes a pixel are the worst that was seen."""
    connections: int = 256
    """Requests under way at once, over all hosts."""
    connections_per_host: int = 8
    retries: int = 3
    """Further tries of a fetch after the first."""
    backoff_base_s: float = 0.5
    backoff_cap_s: float = 8.0
    max_redirects: int = 5
    host_failures: int = 20
    """Whole fetches that a host may fail in a row before it is given up for the run."""
    max_in_flight_bytes: int = 256 * _MIB
    """Encoded bytes in memory between the network and the end of decoding."""
    cache_max_bytes: int = 128 * _MIB
    """Decoded images that are kept for references and bytes that come again."""
    cache_max_urls: int = 20_000
    """What became of so many URLs is remembered."""
    decoders: Literal["processes", "threads"] = "processes"
    """Where pictures are decoded. In threads of this process a decoder that dies takes it along."""
    decode_threads: int = 0
    """Pictures decoded at once; 0: one per core that this process may use."""
    storage_threads: int = 16
    """Objects of ``gs://`` that are read at once."""
    allow_private_hosts: bool = False
    """Opens loopback, private and unique-local ranges; link-local, where clouds keep
    credentials, stays shut unless it is in ``trusted_networks``."""
    allowed_ports: tuple[int, ...] = (80, 443)
    allow_hosts: tuple[str, ...] = ()
    """Where given, nothing else is fetched. Hosts (``.example.org`` with all below) or
    networks; a network named here is reached even if it is special-purpose."""
    deny_hosts: tuple[str, ...] = ()
    """Never fetched; wins over every permission."""
    trusted_networks: tuple[str, ...] = ()
    """Reached although special-purpose, without shutting out the rest."""
    image_buckets: tuple[str, ...] | None = None
    """Buckets, or ``bucket/folder``, that ``gs://`` references may lie in; None: any that the
    worker's credentials open."""
    egress_proxy: str | None = None
    """``http://host:port`` that all requests go through; the environment is never asked."""
    ca_file: str | None = None
    """PEM file of authorities to trust beside the system's."""
    user_agent: str = "multimodal-moderation-image-door/1"

    def __post_init__(self) -> None:
        for name in _POSITIVE:
            if not getattr(self, name) > 0:
                raise DoorOptionError(
                    f"{option(name)} must be above 0, not {getattr(self, name)!r}"
                )
        for name in _NOT_NEGATIVE:
            if getattr(self, name) < 0:
                raise DoorOptionError(
                    f"{option(name)} must not be negative, but is {getattr(self, name)!r}"
                )
        for port in self.allowed_ports:
            if not 0 < port < 65536:
                raise DoorOptionError(f"{option('allowed_ports')} holds {port!r}, which is no port")
        for name in ("allow_hosts", "deny_hosts", "trusted_networks"):
            try:
                listed = HostList.parse(getattr(self, name))
            except ValueError as error:
                raise DoorOptionError(f"{option(name)}: {error}") from None
        if listed.names or listed.suffixes:
            raise DoorOptionError(
                f"{option('trusted_networks')} takes networks and addresses, no names"
            )
        for bucket in self.image_buckets or ():
            if not _BUCKET.fullmatch(bucket):
                raise DoorOptionError(
                    f"{option('image_buckets')} holds {bucket!r}: write BUCKET or BUCKET/FOLDER"
                )
        if self.egress_proxy is not None:
            try:
                parse_url(self.egress_proxy)
            except ImageError as error:
                raise DoorOptionError(
                    f"{option('egress_proxy')} {safe_reference(self.egress_proxy)!r}: "
                    f"{error.message}; write it as in http://proxy.example:3128"
                ) from None

    def may_read(self, location: str) -> bool:
        """Whether an object of ``gs://`` lies where images may lie."""
        if self.image_buckets is None:
            return True
        name = location[len("gs://") :]
        return any(name.startswith(f"{bucket.rstrip('/')}/") for bucket in self.image_buckets)

    def address_policy(self) -> AddressPolicy:
        """What may be connected to."""
        allowed = HostList.parse(self.allow_hosts)
        return AddressPolicy(
            denied=HostList.parse(self.deny_hosts).networks,
            trusted=allowed.networks + HostList.parse(self.trusted_networks).networks,
            allow_private=self.allow_private_hosts,
        )


_POSITIVE = (
    "timeout_s",
    "connect_timeout_s",
    "idle_timeout_s",
    "max_bytes",
    "max_pixels",
    "max_pixels_at_once",
    "connections",
    "connections_per_host",
    "host_failures",
    "max_in_flight_bytes",
    "storage_threads",
)
_NOT_NEGATIVE = (
    "retries",
    "backoff_base_s",
    "backoff_cap_s",
    "max_redirects",
    "cache_max_bytes",
    "cache_max_urls",
    "decode_threads",
)
