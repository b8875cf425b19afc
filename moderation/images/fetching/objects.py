"""Objects of ``gs://``, through Google's client, on threads of their own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from moderation.images.fetching.budgets import ByteBudget, TimeBudget
from moderation.images.fetching.fetched import Fetched
from moderation.images.fetching.retry import Retrier
from moderation.images.options import DoorOptions
from moderation.images.references.location import slashed
from moderation.images.stats import StatsCollector
from moderation.images.types import ImageError
from schemas.codes import Code

_EMPTY_STATUS = 416
"""What a request for the first bytes of an empty object gets."""


class ObjectStore(Protocol):
    """The seam to the object store; a test may put a fake here."""

    def read(self, location: str, max_bytes: int) -> bytes:
        """The first ``max_bytes`` of an object; raises what the store raises."""
        ...


class GoogleStore:
    """Google Cloud Storage with the worker's own credentials, one request an object.

    Beam's file system makes a client, and with it a connection, for every file that it opens;
    here each thread keeps its own. Heeds ``STORAGE_EMULATOR_HOST``.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._own = threading.local()

    def read(self, location: str, max_bytes: int) -> bytes:
        """The first ``max_bytes`` of an object, as they are stored."""
        bucket, _, name = location[len("gs://") :].partition("/")
        blob = self._client().bucket(bucket).blob(name)
        data: bytes = blob.download_as_bytes(
            end=max_bytes - 1,
            raw_download=True,
            timeout=self._timeout_s,
            retry=None,
            checksum=None,
        )
        return data

    def _client(self) -> Any:
        if not hasattr(self._own, "client"):
            from google.cloud import storage

            self._own.client = storage.Client()
        return self._own.client


class StorageFetcher:
    """Reads whole objects. ``fetch`` belongs to one event loop."""

    def __init__(
        self,
        options: DoorOptions,
        store: ObjectStore,
        stats: StatsCollector,
        in_flight: ByteBudget,
    ) -> None:
        self._options = options
        self._store = store
        self._stats = stats
        self._in_flight = in_flight
        self._turn = asyncio.Semaphore(options.storage_threads)
        self._pool = ThreadPoolExecutor(options.storage_threads, "image-storage")
        self._retrier = Retrier(options, stats)

    def close(self) -> None:
        """Let go of the threads; one that hangs in the store is left behind."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def fetch(self, location: str) -> Fetched:
        """The bytes of an object, or of the one that a path with backslashes means.

        Raises ``ImageError``, with its attempts.
        """
        try:
            return await self._fetch(location)
        except ImageError as error:
            bucket = location[: location.find("/", len("gs://")) + 1]
            meant = slashed(location, bucket) if error.code is Code.NOT_FOUND else None
            if meant is None:
                raise
        return await self._fetch(meant)

    async def _fetch(self, location: str) -> Fetched:
        if not self._options.may_read(location):
            bucket = location[len("gs://") :].partition("/")[0]
            raise ImageError(
                Code.BLOCKED_BUCKET,
                f"bucket {bucket!r} is none that images are read from (--image_buckets)",
            )
        budget = TimeBudget(self._options.timeout_s)
        return await self._retrier.run(lambda n: self._attempt(location, budget, n), budget)

    async def _attempt(self, location: str, budget: TimeBudget, attempt: int) -> Fetched:
        reservation = self._in_flight.reservation()
        loop = asyncio.get_running_loop()
        try:
            async with self._turn:
                self._stats.add(requests=1)
                read = loop.run_in_executor(self._pool, self._read, location)
                data = await budget.spend(read, "reading the object")
                await reservation.grow(len(data))
        except BaseException:
            reservation.release()
            raise
        return Fetched(data, attempt, reservation)

    def _read(self, location: str) -> bytes:
        limit = self._options.max_bytes
        try:
            data = self._store.read(location, limit + 1)
        except Exception as error:  # every store has its own family of exceptions
            raise explain(error) from None
        if len(data) > limit:
            raise ImageError(Code.TOO_LARGE_BYTES, f"the object is larger than {limit} bytes")
        if not data:
            raise ImageError(Code.EMPTY, "the object is empty")
        return data


def explain(error: BaseException) -> ImageError:
    """What an object store's exception means, told by its type or its HTTP status."""
    queue: list[Any] = [error]
    for each in queue:
        status = getattr(each, "code", None) or getattr(each, "status_code", None)
        if isinstance(each, FileNotFoundError) or status == 404:
            return ImageError(Code.NOT_FOUND, "no such object")
        if isinstance(each, PermissionError) or status in (401, 403):
            return ImageError(Code.FORBIDDEN, "the object may not be read")
        if status == _EMPTY_STATUS:
            return ImageError(Code.EMPTY, "the object is empty")
        if isinstance(each, ImportError):
            return ImageError(Code.STORAGE, "gs:// needs the package's extra 'gcp'")
        if len(queue) < 16:
            queue += [cause for cause in (each.__cause__, each.__context__) if cause]
    return ImageError(Code.STORAGE, f"the store failed ({type(error).__name__})", transient=True)
