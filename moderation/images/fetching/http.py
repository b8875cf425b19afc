"""One image over HTTP: turns, redirects, retries, deadlines. Runs on the door's event loop."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from datetime import datetime, timezone

import aiohttp

from moderation.images.fetching import retry
from moderation.images.fetching.body import read_body
from moderation.images.fetching.breaker import Breaker
from moderation.images.fetching.budgets import ByteBudget, Reservation, TimeBudget
from moderation.images.fetching.client import HttpClient, translated
from moderation.images.fetching.egress import EgressGuard
from moderation.images.fetching.fetched import Fetched
from moderation.images.fetching.resolver import CachingResolver, Resolver
from moderation.images.fetching.slots import ConnectionSlots
from moderation.images.options import DoorOptions
from moderation.images.references.urls import Url
from moderation.images.stats import StatsCollector
from moderation.images.types import ImageError
from schemas.codes import Code

_log = logging.getLogger(__name__)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DRAINED_BYTES = 16 << 10
_DRAINED_S = 1.0
_HOST_IS_AT_FAULT = frozenset(
    {
        Code.CONNECTION,
        Code.DNS,
        Code.LENGTH_MISMATCH,
        Code.RATE_LIMITED,
        Code.SERVER_ERROR,
        Code.TIMEOUT,
        Code.TLS,
    }
)


class HttpFetcher:
    """Fetches URLs under the options' limits. Belongs to one event loop."""

    def __init__(self, options: DoorOptions, resolver: Resolver, stats: StatsCollector) -> None:
        self._options = options
        self._stats = stats
        self._resolver = CachingResolver(resolver)
        self._gate = EgressGuard(options, self._resolver)
        self._client = HttpClient(options, self._gate)
        self._slots = ConnectionSlots(
            total=options.connections, per_host=options.connections_per_host
        )
        self._breaker = Breaker(max_failures=options.host_failures)
        self._retrier = retry.Retrier(options, stats)
        self.in_flight = ByteBudget(options.max_in_flight_bytes)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()
        self._resolver.close()

    async def fetch(self, url: Url) -> Fetched:
        """The bytes behind a URL; raises ``ImageError``, with its attempts and host."""
        budget = TimeBudget(self._options.timeout_s)
        try:
            return await self._retrier.run(lambda n: self._attempt(url, budget, n), budget)
        except ImageError as error:
            at_fault = error.host if error.code in _HOST_IS_AT_FAULT else None
            if at_fault is not None and self._breaker.failed(at_fault):
                self._stats.add(hosts_given_up=1)
                _log.warning("host %s is given up: too many fetches failed in a row", at_fault)
            raise

    async def _attempt(self, url: Url, budget: TimeBudget, attempt: int) -> Fetched:
        seen = {str(url)}
        for _ in range(self._options.max_redirects + 1):
            self._gate.judge_url(url)
            async with self._slots.turn(url.host):
                try:
                    result = await self._hop(url, budget, fresh=attempt > 1)
                except ImageError as error:
                    error.host = error.host or url.host
                    raise
            if isinstance(result, tuple):
                return Fetched(result[0], attempt, result[1])
            self._stats.add(redirects=1)
            url = result
            if str(url) in seen:
                raise ImageError(Code.TOO_MANY_REDIRECTS, "the redirects go round in a circle")
            seen.add(str(url))
        raise ImageError(
            Code.TOO_MANY_REDIRECTS, f"redirected more than {self._options.max_redirects} times"
        )

    async def _hop(
        self, url: Url, budget: TimeBudget, *, fresh: bool
    ) -> Url | tuple[bytes, Reservation]:
        """One request: where it leads on to, or its body with what is reserved for it."""
        await self._ask_leave(url, budget)
        self._stats.add(requests=1)
        response = await budget.spend(self._client.get(url, fresh=fresh), "waiting for the headers")
        reservation = self.in_flight.reservation()
        try:
            result = await self._read(url, response, reservation, budget)
        except BaseException:
            reservation.release()
            raise
        finally:
            response.release()
        self._breaker.answered(url.host)
        return result

    async def _ask_leave(self, url: Url, budget: TimeBudget) -> None:
        """Whether this host may be asked, and wait where it wants to be left alone for now."""
        if self._breaker.is_open(url.host):
            raise ImageError(
                Code.HOST_GIVEN_UP,
                f"{url.host} failed {self._options.host_failures} times in a row",
            )
        quiet_s = self._breaker.quiet_until(url.host) - time.monotonic()
        if quiet_s >= budget.left_s:
            raise ImageError(Code.RATE_LIMITED, f"{url.host} asked to be left alone for longer")
        if quiet_s > 0:
            await budget.spend(asyncio.sleep(quiet_s), "waiting as the host asked")
        if self._options.egress_proxy is not None and url.address is None:
            await self._gate.judge_behind_proxy(url.host)

    async def _read(
        self,
        url: Url,
        response: aiohttp.ClientResponse,
        reservation: Reservation,
        budget: TimeBudget,
    ) -> Url | tuple[bytes, Reservation]:
        status = response.status
        if 200 <= status < 300 and status != 206:
            limit = self._options.max_bytes
            data = await read_body(response, reservation, budget, max_bytes=limit)
            return data, reservation
        await _drain(response, budget)
        location = response.headers.get("Location")
        if status in _REDIRECTS and location:
            return url.join(location)
        if status not in retry.RETRIED_STATUSES:
            self._breaker.answered(url.host)
            raise ImageError(retry.code_of_status(status), f"HTTP {status}")
        quiet_s = retry.retry_after_s(
            response.headers.get("Retry-After"), datetime.now(timezone.utc)
        )
        if quiet_s is not None:
            self._breaker.quiet(url.host, time.monotonic() + quiet_s)
        raise ImageError(
            retry.code_of_status(status), f"HTTP {status}", transient=True, retry_after_s=quiet_s
        )


async def _drain(response: aiohttp.ClientResponse, budget: TimeBudget) -> None:
    """Read a short body that nobody wants, so that its connection can be used again."""
    if 0 < (response.content_length or 0) <= _DRAINED_BYTES:
        short = TimeBudget(min(_DRAINED_S, budget.left_s))
        with suppress(ImageError):
            await short.spend(translated(response.content.read()), "draining")
