"""The one door to an image: references in, futures of images out.

Files and inline bytes go straight to the threads that have them decoded. What must be fetched
comes by way of an event loop in a thread of its own, begun when the first such reference comes.
"""

from __future__ import annotations

import hashlib
import weakref
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any

from moderation.images.decoding.decoders import CLOSED, Decoder, ThreadDecoder
from moderation.images.decoding.gate import PixelGate
from moderation.images.decoding.in_processes import ProcessDecoder
from moderation.images.decoding.limits import DecodeLimits
from moderation.images.decoding.pool import DecodePool
from moderation.images.fetching.local import read_local
from moderation.images.fetching.remote import RemoteImages
from moderation.images.options import DoorOptions
from moderation.images.processes.cores import cores
from moderation.images.references.data_uris import data_uri_bytes
from moderation.images.stats import OK, DoorStats, StatsCollector
from moderation.images.types import ImageError, ImageFailure, ImageOutcome, ImageRef, Target
from moderation.profiling.meter import meter
from schemas.codes import Code
from schemas.profile import ProfileStage

if TYPE_CHECKING:
    from moderation.images.fetching.objects import ObjectStore
    from moderation.images.fetching.resolver import Resolver

__all__ = ["DoorOptions", "DoorStats", "ImageDoor"]

_CLOSED = ImageFailure(Code.CONNECTION, CLOSED)
_READERS = 4
_FAR = frozenset({"http", "gs"})


class ImageDoor:
    """Fetches and decodes images, many at once.

    One per worker process, made in a DoFn's ``setup`` and closed in its ``teardown``. Holds
    threads and sockets: it is not picklable, its options are.

    Args:
        options: limits and permissions; default: ``DoorOptions()``.
        resolver: how names become addresses; default: the system's ``getaddrinfo``.
        store: how ``gs://`` objects are read; default: Google's client.

    >>> from moderation.images.references import locate
    >>> dot = "data:image/gif;base64,R0lGODlhAQABAIAAAICAgAAAACwAAAAAAQABAAACAkQBADs="
    >>> with ImageDoor() as door:
    ...     futures = [door.submit(locate("img", name, root="/none"), Target(2, 2))
    ...                for name in (dot, "a.png")]
    ...     image, failure = (future.result(timeout=30) for future in futures)
    >>> image.pixels.shape, image.pixels[0, 0].tolist()
    ((2, 2, 3), [128, 128, 128])
    >>> failure.code.value
    'not_found'
    """

    def __init__(
        self,
        options: DoorOptions | None = None,
        *,
        resolver: Resolver | None = None,
        store: ObjectStore | None = None,
    ) -> None:
        options = options or DoorOptions()
        self._options = options
        self._stats = StatsCollector()
        self._decoding = DecodePool(
            _decoder(options, self._stats),
            cache_max_bytes=options.cache_max_bytes,
            stats=self._stats,
        )
        self._reading = ThreadPoolExecutor(_READERS, "image-read")
        self._remote = RemoteImages(
            options, self._decoding, self._stats, resolver=resolver, store=store
        )
        # A door that a shared handle drops without closing must not leave its threads behind.
        weakref.finalize(self, _abandon, self._decoding, self._remote, self._reading).atexit = False

    def submit(self, ref: ImageRef, target: Target) -> Future[ImageOutcome]:
        """Ask for an image; returns at once.

        Thread-safe. Never raises for a reference, and neither does the future: its result is
        a ``DecodedImage`` or an ``ImageFailure``. Who submits bounds how many are pending.
        """
        asked: Future[ImageOutcome] = Future()
        source = _source(ref.location)
        self._stats.asked(source)
        try:
            work = self._begun(ref, target, source)
        except RuntimeError:  # the door was closed
            work = Future()
            work.cancel()
        work.add_done_callback(partial(_settle, self._stats, asked))
        return asked

    def digest(self, ref: ImageRef) -> Future[str | ImageFailure]:
        """SHA-256 of an image's bytes as they are now, as ``DecodedImage.sha256`` has it.

        Nothing is decoded: who knows what became of the bytes asks only whether they are the same.
        Otherwise as ``submit``.
        """
        asked: Future[str | ImageFailure] = Future()
        source = _source(ref.location)
        self._stats.asked(source)
        try:
            if source in _FAR:
                work = self._remote.digest(ref.location)
            else:
                work = self._reading.submit(_digest, ref, self._options.max_bytes)
        except RuntimeError:  # the door was closed
            work = Future()
            work.cancel()
        work.add_done_callback(partial(_settle, self._stats, asked))
        return asked

    def stats(self) -> DoorStats:
        """Everything since the door was made."""
        return self._stats.total()

    def take_stats(self) -> DoorStats:
        """What came since the last ``take_stats``; the sum of all of them is ``stats``."""
        return self._stats.take()

    def close(self) -> None:
        """Stop. What is still pending ends as a retryable failure; no future is left hanging."""
        self._remote.close()
        self._reading.shutdown(cancel_futures=True)
        self._decoding.close()

    def __enter__(self) -> ImageDoor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _begun(self, ref: ImageRef, target: Target, source: str) -> Future[ImageOutcome]:
        if source in _FAR:
            return self._remote.submit(ref.location, target)
        return self._decoding.submit(partial(_measured_read, ref, self._options.max_bytes), target)


def _decoder(options: DoorOptions, stats: StatsCollector) -> Decoder:
    kind = ProcessDecoder if options.decoders == "processes" else ThreadDecoder
    return kind(
        options.decode_threads or cores(),
        limits=DecodeLimits(max_pixels=options.max_pixels),
        gate=PixelGate(options.max_pixels_at_once),
        stats=stats,
    )


def _source(location: str) -> str:
    scheme = location[:5].lower()
    if scheme.startswith("http"):
        return "http"
    return {"gs://": "gs", "data:": "data"}.get(scheme, "local")


def _measured_read(ref: ImageRef, max_bytes: int) -> bytes:
    with meter.thread(ProfileStage.FETCH, items=1):
        return _read(ref, max_bytes)


def _read(ref: ImageRef, max_bytes: int) -> bytes:
    try:
        if _source(ref.location) == "data":
            return data_uri_bytes(ref.location, max_bytes)
        return read_local(ref.location, ref.root, max_bytes=max_bytes)
    except ImageError:
        raise
    except Exception as error:  # one of ours is one image's failure, never the run's
        raise ImageError(Code.STORAGE, f"the read broke ({type(error).__name__})") from error


def _digest(ref: ImageRef, max_bytes: int) -> str:
    return hashlib.sha256(_read(ref, max_bytes)).hexdigest()


def _settle(stats: StatsCollector, asked: Future[Any], work: Future[Any]) -> None:
    """Tell who asked what became of the work."""
    outcome: Any
    if work.cancelled():
        outcome = _CLOSED
    elif isinstance(error := work.exception(), ImageError):
        outcome = ImageFailure.of(error)
    elif error is not None:
        outcome = ImageFailure(Code.CORRUPT, f"the decoder broke ({type(error).__name__})")
    else:
        outcome = work.result()
    if asked.set_running_or_notify_cancel():
        stats.outcome(outcome.code.value if isinstance(outcome, ImageFailure) else OK)
        asked.set_result(outcome)


def _abandon(decoding: DecodePool, remote: RemoteImages, reading: ThreadPoolExecutor) -> None:
    """Let every thread end by itself; called from whichever of them lost the door last."""
    remote.close(wait=False)
    reading.shutdown(wait=False, cancel_futures=True)
    decoding.close(wait=False)
