"""Names to addresses: asked once, and every answer judged before anything connects."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from moderation.images.types import ImageError
from schemas.codes import Code


class Resolver(Protocol):
    """The seam to the name system; a test puts a fake here."""

    async def resolve(self, host: str) -> Sequence[str]:
        """Every address of a name, best first.

        Raises ``ImageError(DNS)`` where there is none.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class SystemResolver:
    """``getaddrinfo`` in threads of its own, so that slow names do not hold up fast ones."""

    def __init__(self, threads: int = 32) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="image-dns")

    async def resolve(self, host: str) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._pool, _getaddrinfo, host)
        except (OSError, UnicodeError) as error:
            raise ImageError(
                Code.DNS,
                f"{host} cannot be resolved ({_reason(error)})",
                transient=isinstance(error, OSError) and error.errno == socket.EAI_AGAIN,
            ) from None
        return answers

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


class CachingResolver:
    """Remembers answers for a while, and asks once where many ask together."""

    def __init__(self, inner: Resolver, *, keep_s: float = 60.0, max_names: int = 4096) -> None:
        self._inner = inner
        self._keep_s = keep_s
        self._max_names = max_names
        self._known: OrderedDict[str, tuple[float, asyncio.Future[Sequence[str]]]] = OrderedDict()

    async def resolve(self, host: str) -> Sequence[str]:
        now = time.monotonic()
        known = self._known.get(host)
        if known is not None and now < known[0] and not _failed(known[1]):
            return await _share(known[1])
        asked = asyncio.ensure_future(self._inner.resolve(host))
        asked.add_done_callback(_failed)  # marks an exception nobody waits for as seen
        self._known[host] = (now + self._keep_s, asked)
        self._known.move_to_end(host)
        while len(self._known) > self._max_names:
            self._known.popitem(last=False)
        return await _share(asked)

    def close(self) -> None:
        self._inner.close()


async def _share(asked: asyncio.Future[Sequence[str]]) -> Sequence[str]:
    """The common answer; each who waits gets an exception of their own."""
    try:
        return await asyncio.shield(asked)
    except ImageError as error:
        raise ImageError(error.code, error.message, transient=error.transient) from None


def _failed(asked: asyncio.Future[Sequence[str]]) -> bool:
    return asked.done() and (asked.cancelled() or asked.exception() is not None)


def _getaddrinfo(host: str) -> list[str]:
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _reason(error: Exception) -> str:
    return error.strerror or "error" if isinstance(error, OSError) else "no valid name"


def parse_addresses(
    host: str, answers: Sequence[str]
) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The answers as addresses; raises ``ImageError(DNS)`` for none or for nonsense."""
    try:
        addresses = [ipaddress.ip_address(answer) for answer in answers]
    except ValueError:
        raise ImageError(Code.DNS, f"{host} resolves to what is no address") from None
    if not addresses:
        raise ImageError(Code.DNS, f"{host} has no address")
    return addresses
