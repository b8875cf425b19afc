"""Images behind URLs and in object stores: each location fetched once, however many ask for it.

An event loop in a thread of its own, begun with the first request.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Awaitable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moderation.images.decoding.pool import DecodePool
from moderation.images.fetching.fetched import Fetched
from moderation.images.lru import Lru
from moderation.images.options import DoorOptions
from moderation.images.references.urls import parse_url
from moderation.images.stats import StatsCollector
from moderation.images.types import DecodedImage, ImageError, ImageFailure, ImageOutcome, Target
from moderation.profiling.meter import meter
from schemas.codes import Code
from schemas.profile import ProfileStage

if TYPE_CHECKING:
    from moderation.images.fetching.http import HttpFetcher
    from moderation.images.fetching.objects import ObjectStore, StorageFetcher
    from moderation.images.fetching.resolver import Resolver


@dataclass(slots=True)
class _Shared:
    """One fetch, and the images that are made of it."""

    fetch: asyncio.Task[Fetched]
    images: dict[Target, asyncio.Task[ImageOutcome]] = field(default_factory=dict)


class RemoteImages:
    """Fetches over the network and decodes on the pool.

    Args:
        resolver: how names become addresses; None: by the system.
        store: how ``gs://`` objects are read; None: by Google's client.
    """

    def __init__(
        self,
        options: DoorOptions,
        decoding: DecodePool,
        stats: StatsCollector,
        *,
        resolver: Resolver | None,
        store: ObjectStore | None,
    ) -> None:
        self._options = options
        self._decoding = decoding
        self._stats = stats
        self._resolver = resolver
        self._store = store
        self._shared: dict[str, _Shared] = {}
        self._known: Lru[str, str | ImageFailure] = Lru(options.cache_max_urls)
        self._lock = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._loop_ns = 0

    def submit(self, location: str, target: Target) -> Future[ImageOutcome]:
        """Ask for a location; the future is cancelled where the loop ends before it is there.

        Raises ``RuntimeError`` once closed.
        """
        with self._lock:  # what is submitted is on the loop's list before its end is
            if self._closed:
                raise RuntimeError("closed")
            if self._thread is None:
                self._begin()
            return asyncio.run_coroutine_threadsafe(self._ask(location, target), self._loop)

    def digest(self, location: str) -> Future[str]:
        """SHA-256 of what lies at a location; otherwise as ``submit``."""
        with self._lock:
            if self._closed:
                raise RuntimeError("closed")
            if self._thread is None:
                self._begin()
            return asyncio.run_coroutine_threadsafe(self._digest(location), self._loop)

    def close(self, *, wait: bool = True) -> None:
        """Cancel what is under way and close every connection."""
        with self._lock:
            if self._thread is not None and not self._closed:
                self._loop.call_soon_threadsafe(self._end.set)
            self._closed = True
        if self._thread is not None and wait:
            self._thread.join()

    def _begin(self) -> None:
        begun: Future[None] = Future()
        work = threading.Thread(
            target=lambda: asyncio.run(self._main(begun)), name="image-loop", daemon=True
        )
        work.start()
        begun.result()
        self._thread = work

    async def _main(self, begun: Future[None]) -> None:
        try:
            self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
            self._http, self._objects = self._fetchers()
        except BaseException as error:
            begun.set_exception(error)
            return
        begun.set_result(None)
        await self._end.wait()
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        self._objects.close()
        await self._http.close()

    def _fetchers(self) -> tuple[HttpFetcher, StorageFetcher]:
        from moderation.images.fetching.http import HttpFetcher
        from moderation.images.fetching.objects import GoogleStore, StorageFetcher
        from moderation.images.fetching.resolver import SystemResolver

        options = self._options
        http = HttpFetcher(options, self._resolver or SystemResolver(), self._stats)
        store = self._store or GoogleStore(options.timeout_s)
        return http, StorageFetcher(options, store, self._stats, http.in_flight)

    async def _ask(self, location: str, target: Target) -> ImageOutcome:
        """What was had earlier, or what is under way, or a fetch."""
        key = str(parse_url(location)) if location[:4].lower() == "http" else location
        earlier = self._earlier(key, target)
        if earlier is not None:
            self._stats.add(fetch_cache_hits=1)
            return earlier
        shared = self._shared.get(key)
        if shared is None:
            shared = self._shared[key] = _Shared(asyncio.create_task(self._fetch(key)))
        else:
            self._stats.add(fetch_cache_hits=1)
        if target not in shared.images:
            shared.images[target] = asyncio.create_task(self._image(key, shared, target))
        return await shared.images[target]

    async def _digest(self, location: str) -> str:
        key = str(parse_url(location)) if location[:4].lower() == "http" else location
        fetched = await self._fetch(key)
        try:
            return hashlib.sha256(fetched.data).hexdigest()
        finally:
            fetched.reservation.release()

    def _earlier(self, key: str, target: Target) -> ImageOutcome | None:
        known = self._known.get(key)
        return self._decoding.known(known, target) if isinstance(known, str) else known

    async def _fetch(self, key: str) -> Fetched:
        if key.startswith("gs://"):
            host = "/".join(key.split("/")[:3])
            fetch: Awaitable[Fetched] = self._objects.fetch(key)
        else:
            url = parse_url(key)
            host, fetch = url.host, self._http.fetch(url)
        started = time.monotonic()
        try:
            fetched = await fetch
        except ImageError as error:
            self._count(error.host or host, started, failed=True)
            raise
        except Exception as error:  # one of ours is one image's failure, never the run's
            self._count(host, started, failed=True)
            message = f"the fetch broke ({type(error).__name__})"
            raise ImageError(Code.CONNECTION, message) from error
        self._count(host, started, failed=False)
        return fetched

    def _count(self, host: str, started: float, *, failed: bool) -> None:
        self._stats.fetched(
            host=host,
            seconds=time.monotonic() - started,
            failed=failed,
            bytes_in_flight=self._http.in_flight.peak,
        )
        if meter.on:  # the loop has its thread to itself: what it spent since the last fetch
            before, self._loop_ns = self._loop_ns, time.thread_time_ns()
            meter.add(
                ProfileStage.FETCH,
                clock_ns=int(1e9 * (time.monotonic() - started)),
                thread_ns=self._loop_ns - before,
                items=1,
            )

    async def _image(self, key: str, shared: _Shared, target: Target) -> ImageOutcome:
        """The image of one size; the last one gives the fetch's memory back."""
        fetched: Fetched | None = None
        try:
            fetched = await shared.fetch
            data = fetched.data
            outcome = await asyncio.wrap_future(self._decoding.submit(lambda: data, target))
            if isinstance(outcome, ImageFailure):
                outcome = ImageFailure(outcome.code, outcome.message, fetched.attempts)
        except ImageError as error:
            outcome = ImageFailure.of(error)
        finally:
            del shared.images[target]
            if not shared.images:
                del self._shared[key]
                if fetched is not None:
                    fetched.reservation.release()
        known = outcome.sha256 if isinstance(outcome, DecodedImage) else outcome
        self._known.put(key, known)
        return outcome
