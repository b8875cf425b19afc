"""One image over HTTP: turns, redirects, retries, deadlines. Runs on the door's event loop."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import datetime, timezone

import aiohttp

from moderation.images import retry
from moderation.images.body import read_body
from moderation.images.breaker import Breaker
from moderation.images.budgets import ByteBudget, Reservation, TimeBudget
from moderation.images.client import HttpClient, translated
from moderation.images.fetched import Fetched
from moderation.images.gatekeeper import Gatekeeper
from moderation.images.options import DoorOptions
from moderation.images.resolver import CachingResolver, Resolver
from moderation.images.slots import Slots
from moderation.images.stats import StatsCollector
from moderation.images.types import ImageError
from moderation.images.urls import Url
from schemas.codes import Code

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DRAINED_BYTES = 16 << 10
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
        self._gate = Gatekeeper(options, self._resolver)
        self._client = HttpClient(options, self._gate)
        self._slots = Slots(total=options.connections, per_host=options.connections_per_host)
        self._breaker = Breaker(max_failures=options.host_failures)
        self._rng = random.Random()
        self.in_flight = ByteBudget(options.max_in_flight_bytes)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()
        self._resolver.close()

    async def fetch(self, url: Url) -> Fetched:
        """The bytes behind a URL; raises ``ImageError``, with its attempts, and nothing else."""
        started = time.monotonic()
        error: ImageError | None = None
        try:
            return await self._fetch(url)
        except ImageError as caught:
            error = caught
            raise
        finally:
            self._stats.fetched(
                host=(error and error.host) or url.host,
                seconds=time.monotonic() - started,
                failed=error is not None,
                bytes_in_flight=self.in_flight.peak,
            )

    async def _fetch(self, url: Url) -> Fetched:
        budget = TimeBudget(self._options.timeout_s)
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._attempt(url, budget, attempt)
            except ImageError as error:
                pause_s = self._pause_s(error, attempt)
                if pause_s is None or pause_s >= budget.left_s:
                    error.attempts = attempt
                    self._blame(error)
                    raise
            self._stats.add(retries=1)
            await budget.spend(asyncio.sleep(pause_s), "waiting to try again")

    def _pause_s(self, error: ImageError, attempt: int) -> float | None:
        """How long to wait before the next try; None: there is none."""
        if not error.transient or attempt > self._options.retries:
            return None
        pause_s = retry.backoff_s(
            attempt,
            base_s=self._options.backoff_base_s,
            cap_s=self._options.backoff_cap_s,
            rng=self._rng,
        )
        if error.retry_after_s is None:
            return pause_s
        if error.host is not None:
            self._breaker.quiet(error.host, time.monotonic() + error.retry_after_s)
        return max(pause_s, error.retry_after_s)

    def _blame(self, error: ImageError) -> None:
        at_fault = error.host if error.code in _HOST_IS_AT_FAULT else None
        if at_fault is not None and self._breaker.failed(at_fault):
            self._stats.add(hosts_given_up=1)

    async def _attempt(self, url: Url, budget: TimeBudget, attempt: int) -> Fetched:
        seen = {str(url)}
        for _ in range(self._options.max_redirects + 1):
            self._gate.judge_url(url)
            async with self._slots.turn(url.host):
                try:
                    result = await self._hop(url, budget)
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

    async def _hop(self, url: Url, budget: TimeBudget) -> Url | tuple[bytes, Reservation]:
        """One request: where it leads on to, or its body with what is reserved for it."""
        await self._ask_leave(url, budget)
        self._stats.add(requests=1)
        response = await budget.spend(self._client.get(url), "waiting for the headers")
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
        if 0 <= (response.content_length or 0) <= _DRAINED_BYTES and response.content_length:
            await budget.spend(translated(response.content.read()), "reading an error's body")
        location = response.headers.get("Location")
        if status in _REDIRECTS and location:
            return url.join(location)
        if status not in retry.RETRIED_STATUSES:
            self._breaker.answered(url.host)
        raise ImageError(
            retry.code_of_status(status),
            f"HTTP {status}",
            transient=status in retry.RETRIED_STATUSES,
            retry_after_s=retry.retry_after_s(
                response.headers.get("Retry-After"), datetime.now(timezone.utc)
            ),
        )
