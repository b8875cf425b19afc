"""Everything that is fetched: one flight per location, however many ask for it.

Runs on an event loop in a thread of its own; only ``FlightDeck.board`` and
``FlightDeck.close`` are called from outside.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from moderation.images.cache import Lru
from moderation.images.decode_pool import Decoder, Done
from moderation.images.fetched import Fetched
from moderation.images.http import HttpFetcher
from moderation.images.options import DoorOptions
from moderation.images.resolver import Resolver
from moderation.images.stats import StatsCollector
from moderation.images.storage import ObjectStore, StorageFetcher
from moderation.images.types import DecodedImage, ImageError, ImageFailure, ImageOutcome, Target
from moderation.images.urls import parse_url
from schemas.codes import Code

CLOSED = ImageFailure(Code.CONNECTION, "the door was closed before the image was there")


@dataclass(slots=True)
class _Flight:
    """One location on its way, and who waits for it, by what they want of it."""

    key: str
    waiting: dict[Target, list[Done]] = field(default_factory=dict)
    fetched: Fetched | None = None


class FlightDeck:
    """The event loop, its fetchers, and the flights under way."""

    def __init__(
        self,
        options: DoorOptions,
        decoder: Decoder,
        stats: StatsCollector,
        *,
        resolver: Resolver,
        store: ObjectStore,
    ) -> None:
        self._decoder = decoder
        self._stats = stats
        self._flights: dict[str, _Flight] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._known: Lru[str, str | ImageFailure] = Lru(options.cache_max_urls)
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(options, resolver, store, ready), name="image-loop", daemon=True
        )
        self._lock = threading.Lock()
        self._closing = False
        self._failed: BaseException | None = None
        self._thread.start()
        ready.wait()
        if self._failed is not None:
            raise self._failed

    def board(self, location: str, target: Target, done: Done) -> None:
        """Ask for a location; ``done`` is told once. Raises ``RuntimeError`` once closed."""
        with self._lock:  # whoever boards is on the loop's list before its end is
            if self._closing:
                raise RuntimeError("closed")
            self._loop.call_soon_threadsafe(self._enter, location, target, done)

    def close(self) -> None:
        """Cancel what is under way, tell those who wait, close every connection."""
        self.stop()
        self._thread.join()

    def stop(self) -> None:
        """Begin what ``close`` waits for."""
        with self._lock:
            self._closing = True
            _post(self._loop, self._loop.stop)

    def _run(
        self, options: DoorOptions, resolver: Resolver, store: ObjectStore, ready: threading.Event
    ) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._open(options, resolver, store))
        except BaseException as error:  # told to the thread that waits for the deck
            self._failed = error
            self._loop.close()
            return
        finally:
            ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._shut())
        self._loop.close()

    async def _open(self, options: DoorOptions, resolver: Resolver, store: ObjectStore) -> None:
        self._http = HttpFetcher(options, resolver, self._stats)
        self._storage = StorageFetcher(options, store, self._stats, self._http.in_flight)

    async def _shut(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for flight in list(self._flights.values()):
            for target in list(flight.waiting):
                self._land(flight, target, CLOSED)
        self._storage.close()
        await self._http.close()

    def _enter(self, location: str, target: Target, done: Done) -> None:
        try:
            key = str(parse_url(location)) if location[:4].lower() == "http" else location
        except ImageError as error:
            done(ImageFailure.of(error))
            return
        earlier = self._earlier(key, target)
        if earlier is not None:
            self._stats.add(fetch_cache_hits=1)
            done(earlier)
            return
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(key)
            task = self._loop.create_task(self._fly(flight))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._stats.add(fetch_cache_hits=1)
        if target in flight.waiting:
            flight.waiting[target].append(done)
        else:
            flight.waiting[target] = [done]
            if flight.fetched is not None:
                self._hand_over(flight, flight.fetched, target)

    def _earlier(self, key: str, target: Target) -> ImageOutcome | None:
        known = self._known.get(key)
        return self._decoder.known(known, target) if isinstance(known, str) else known

    async def _fly(self, flight: _Flight) -> None:
        started = time.monotonic()
        host, fetch = self._fetcher(flight.key)
        error: ImageError | None = None
        try:
            flight.fetched = await fetch
        except ImageError as caught:
            error = caught
        except Exception as caught:  # an error of ours is one image's failure, never the run's
            error = ImageError(Code.CONNECTION, f"the fetch broke ({type(caught).__name__})")
        self._stats.fetched(
            host=(error and error.host) or host,
            seconds=time.monotonic() - started,
            failed=error is not None,
            bytes_in_flight=self._http.in_flight.peak,
        )
        if error is not None:
            self._crash(flight, ImageFailure.of(error))
        elif flight.fetched is not None:
            for target in list(flight.waiting):
                self._hand_over(flight, flight.fetched, target)

    def _fetcher(self, key: str) -> tuple[str, Awaitable[Fetched]]:
        """The host or bucket, and what fetches from it."""
        if key.startswith("gs://"):
            return "/".join(key.split("/")[:3]), self._storage.fetch(key)
        url = parse_url(key)
        return url.host, self._http.fetch(url)

    def _crash(self, flight: _Flight, failure: ImageFailure) -> None:
        self._known.put(flight.key, failure)
        for target in list(flight.waiting):
            self._land(flight, target, failure)

    def _hand_over(self, flight: _Flight, fetched: Fetched, target: Target) -> None:
        """Decode on the pool, and come back to this loop with the outcome."""

        def decoded(outcome: ImageOutcome) -> None:
            _post(self._loop, lambda: self._land(flight, target, outcome))

        work = self._decoder.submit(self._decoder.decode, fetched.data, target, decoded)
        work.add_done_callback(lambda done: decoded(CLOSED) if done.cancelled() else None)

    def _land(self, flight: _Flight, target: Target, outcome: ImageOutcome) -> None:
        waiting = flight.waiting.pop(target, [])
        if not flight.waiting:
            self._flights.pop(flight.key, None)
            if flight.fetched is not None:
                flight.fetched.reservation.release()
        if outcome is not CLOSED and flight.fetched is not None:
            attempts = flight.fetched.attempts
            if isinstance(outcome, DecodedImage):
                self._known.put(flight.key, outcome.sha256)
            else:
                outcome = ImageFailure(outcome.code, outcome.message, attempts)
                self._known.put(flight.key, outcome)
        for done in waiting:
            done(outcome)


def _post(loop: asyncio.AbstractEventLoop, work: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop is closed, and with it everybody has been told
        loop.call_soon_threadsafe(work)
