"""One HTTP request, and nothing that an HTTP client does on its own.

The client resolves through the guard, opens sockets through the guard,
follows no redirect, keeps no cookie, sends no credentials, asks no environment
for a proxy and undoes no compression: the callers do what of that there is to do.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable
from typing import Any, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from moderation.images.fetching.bodyless import BODYLESS, keep_status
from moderation.images.fetching.egress import BlockedPeerError, EgressGuard
from moderation.images.options import DoorOptions
from moderation.images.references.urls import Url, parse_url
from moderation.images.types import ImageError
from schemas.codes import Code

T = TypeVar("T")
_KEPT_S = 5.0
"""How long a connection waits for its next request."""


class HttpClient:
    """Sends requests. Belongs to one event loop."""

    def __init__(self, options: DoorOptions, gate: EgressGuard) -> None:
        self._options = options
        self._proxy = parse_url(options.egress_proxy) if options.egress_proxy else None
        self._sockets = _Sockets(gate, self._proxy)
        self._resolver = _JudgedResolver(gate, self._sockets, self._proxy)
        self._tls = ssl.create_default_context()
        if options.ca_file is not None:
            self._tls.load_verify_locations(options.ca_file)
        self._keeping = self._make_session(keep=True)
        self._closing = self._make_session(keep=False)

    def _make_session(self, *, keep: bool) -> aiohttp.ClientSession:
        options = self._options
        kept: dict[str, Any] = {"keepalive_timeout": _KEPT_S} if keep else {"force_close": True}
        return aiohttp.ClientSession(
            connector=keep_status(
                aiohttp.TCPConnector(
                    limit=0,  # turns are given outside, where they do not cost the fetch its time
                    ssl=self._tls,
                    resolver=self._resolver,
                    use_dns_cache=False,
                    socket_factory=self._sockets.make,
                    **kept,
                )
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            headers={
                "User-Agent": options.user_agent,
                "Accept": "image/*,*/*;q=0.5",
                "Accept-Encoding": "identity",
            },
            timeout=aiohttp.ClientTimeout(
                total=None,
                sock_connect=options.connect_timeout_s,
                sock_read=options.idle_timeout_s,
            ),
        )

    async def get(self, url: Url, *, fresh: bool = False) -> aiohttp.ClientResponse:
        """Send a GET and wait for the headers; raises ``ImageError``.

        The connection is kept for the next request, unless as many are open as may be used at
        once: a run over a million hosts must not run out of descriptors. ``fresh`` takes a
        connection of its own: what another answer left behind on a kept one cannot spoil it.
        """
        crowded = self._sockets.open > self._options.connections
        session = self._closing if crowded or fresh else self._keeping
        proxy = _encoded(self._proxy) if self._proxy else None
        return await translated(session.get(_encoded(url), allow_redirects=False, proxy=proxy))

    async def close(self) -> None:
        """Close every connection."""
        await self._keeping.close()
        await self._closing.close()


async def translated(step: Awaitable[T]) -> T:
    """Wait for something of the client; whatever it raises becomes an ``ImageError``."""
    try:
        return await step
    except ImageError:
        raise
    except Exception as error:  # the client raises what its parts raise
        raise explain(error) from None


def explain(error: BaseException) -> ImageError:
    """What an exception of the HTTP client means."""
    for cause in _causes(error):
        if isinstance(cause, ImageError):
            return cause
        if isinstance(cause, BlockedPeerError):
            return ImageError(Code.BLOCKED_ADDRESS, str(cause))
        if isinstance(cause, (ssl.SSLError, ssl.CertificateError)):
            return ImageError(Code.TLS, f"TLS failed ({_tls_reason(error)})")
        if isinstance(cause, asyncio.TimeoutError):
            return ImageError(Code.TIMEOUT, "the host does not answer", transient=True)
        if isinstance(cause, aiohttp.ClientResponseError):
            return _no_http(cause)
        if isinstance(cause, aiohttp.InvalidURL):
            return ImageError(Code.INVALID_REFERENCE, "the URL cannot be requested")
    for cause in _causes(error):
        if isinstance(cause, ConnectionError) or "ConnectionResetError" in str(cause):
            return ImageError(
                Code.CONNECTION, f"connection failed ({type(cause).__name__})", transient=True
            )
    if isinstance(error, aiohttp.ClientPayloadError):
        return ImageError(
            Code.LENGTH_MISMATCH, "the body ends before its announced length", transient=True
        )
    transient = isinstance(error, (OSError, aiohttp.ClientError))
    reason = (getattr(error, "strerror", None) or type(error).__name__)[:100]
    return ImageError(Code.CONNECTION, f"connection failed ({reason})", transient=transient)


def _no_http(error: aiohttp.ClientResponseError) -> ImageError:
    """What came where a status line belongs: often the rest of the picture before it.

    Worth another try: on a connection that was kept, it may be the fault of the one before.
    """
    if error.status in BODYLESS:
        code = Code.EMPTY if error.status == 204 else Code.HTTP_STATUS
        return ImageError(code, f"HTTP {error.status}, with a body that it cannot have")
    _, _, line = str(error.message).partition(" b")
    if "\\x" in line[:64] and not line[1:].startswith("\\x15\\x03"):  # which would be TLS
        return ImageError(
            Code.LENGTH_MISMATCH, "the body goes on beyond its announced length", transient=True
        )
    return ImageError(Code.CONNECTION, "the answer is no HTTP", transient=True)


def _tls_reason(error: BaseException) -> str:
    causes = _causes(error)
    reasons = [getattr(each, name, "") for name in ("verify_message", "reason") for each in causes]
    return next((reason for reason in reasons if isinstance(reason, str) and reason), "handshake")


def _causes(error: BaseException) -> list[BaseException]:
    """The exception and what it stems from, outermost first."""
    chain: list[BaseException] = []
    queue: list[BaseException | None] = [error]
    while queue and len(chain) < 16:
        each = queue.pop(0)
        if each is None or each in chain:
            continue
        chain.append(each)
        queue += [getattr(each, "os_error", None), each.__cause__, each.__context__]
        queue += [arg for arg in each.args if isinstance(arg, BaseException)]
        queue += list(getattr(each, "exceptions", ()))
    return chain


def _encoded(url: Url) -> Any:
    from yarl import URL

    return URL(str(url), encoded=True)


class _JudgedResolver(AbstractResolver):
    """Gives the client judged addresses only. The proxy is the operator's and is not judged."""

    def __init__(self, gate: EgressGuard, sockets: _Sockets, proxy: Url | None) -> None:
        self._gate = gate
        self._sockets = sockets
        self._proxy = proxy

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if self._proxy is not None and host == self._proxy.host:
            addresses = await self._gate.resolve(host)
            self._sockets.proxy_addresses.update(addresses)
        else:
            addresses = await self._gate.addresses(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        pass


class _Sockets:
    """Makes every socket of the client: judges its peer, and counts those that are open."""

    def __init__(self, gate: EgressGuard, proxy: Url | None) -> None:
        self._gate = gate
        self.open = 0
        self.proxy_addresses = {proxy.host} if proxy is not None and proxy.address else set()

    def make(self, info: Any) -> socket.socket:
        family, kind, proto, _, peer = info
        if peer[0] not in self.proxy_addresses:
            self._gate.judge_peer(peer)
        made = _CountedSocket(family, kind, proto)
        made.setblocking(False)
        made.counted_by(self)
        return made


class _CountedSocket(socket.socket):
    """A socket that says when it is closed."""

    _counter: _Sockets | None = None

    def counted_by(self, counter: _Sockets) -> None:
        self._counter = counter
        counter.open += 1

    def close(self) -> None:
        counter, self._counter = self._counter, None
        if counter is not None:
            counter.open -= 1
        super().close()
