"""The one door to an image: references in, futures of images out.

Files and inline bytes go straight to the decoding threads. What must be
fetched goes over the flight deck, which is an event loop in a thread of its
own, made when the first such reference comes.
"""

from __future__ import annotations

import threading
import weakref
from concurrent.futures import Future, InvalidStateError
from types import TracebackType
from typing import TYPE_CHECKING

from moderation.images.decode import DecodeLimits
from moderation.images.decode_pool import Decoder
from moderation.images.local import read_local
from moderation.images.options import DoorOptions
from moderation.images.references import data_uri_bytes
from moderation.images.stats import OK, DoorStats, StatsCollector
from moderation.images.types import ImageError, ImageFailure, ImageOutcome, ImageRef, Target
from schemas.codes import Code

if TYPE_CHECKING:
    from moderation.images.flights import FlightDeck
    from moderation.images.resolver import Resolver
    from moderation.images.storage import ObjectStore

__all__ = ["DoorOptions", "DoorStats", "ImageDoor"]


class ImageDoor:
    """Fetches and decodes images, many at once.

    One per worker process, made in a DoFn's ``setup`` and closed in its ``teardown``. Holds
    threads and sockets: it is not picklable, its options are.

    Args:
        options: limits and permissions; default: ``DoorOptions()``.
        resolver: how names become addresses; default: the system's ``getaddrinfo``.
        store: how ``gs://`` objects are read; default: Google's client.
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
        self._resolver = resolver
        self._store = store
        self._stats = StatsCollector()
        self._decoder = Decoder(
            threads=options.decode_threads,
            limits=DecodeLimits(max_pixels=options.max_pixels),
            max_pixels_at_once=options.max_pixels_at_once,
            cache_max_bytes=options.cache_max_bytes,
            stats=self._stats,
        )
        self._lock = threading.Lock()
        self._decks: list[FlightDeck] = []
        self._closed = False
        # A door that a shared handle drops without closing must not leave its threads behind.
        weakref.finalize(self, _abandon, self._decoder, self._decks).atexit = False

    def submit(self, ref: ImageRef, target: Target) -> Future[ImageOutcome]:
        """Ask for an image; returns at once.

        Thread-safe. Never raises for a reference, and neither does the future: its result is
        a ``DecodedImage`` or an ``ImageFailure``. Who submits bounds how many are pending.
        """
        future: Future[ImageOutcome] = Future()
        scheme = ref.location[:5].lower()
        try:
            if scheme.startswith("http"):
                self._far(ref, target, future, source="http")
            elif scheme == "gs://":
                self._far(ref, target, future, source="gs")
            else:
                self._near(ref, target, future, is_data=scheme == "data:")
        except RuntimeError:  # pool or loop are shut
            self._finish(future, _closed())
        return future

    def stats(self) -> DoorStats:
        """Everything since the door was made."""
        return self._stats.total()

    def take_stats(self) -> DoorStats:
        """What came since the last ``take_stats``; the sum of all of them is ``stats``."""
        return self._stats.take()

    def close(self) -> None:
        """Stop. What is still pending ends as a retryable failure; no future is left hanging."""
        with self._lock:
            self._closed = True
        for deck in self._decks:
            deck.close()
        self._decoder.close()

    def __enter__(self) -> ImageDoor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _near(
        self, ref: ImageRef, target: Target, future: Future[ImageOutcome], *, is_data: bool
    ) -> None:
        self._stats.asked("data" if is_data else "local")
        work = self._decoder.submit(self._read, ref, target, future, is_data)
        work.add_done_callback(
            lambda done: self._finish(future, _closed()) if done.cancelled() else None
        )

    def _read(
        self, ref: ImageRef, target: Target, future: Future[ImageOutcome], is_data: bool
    ) -> None:
        limit = self._options.max_bytes
        try:
            if is_data:
                data = data_uri_bytes(ref.location, limit)
            else:
                data = read_local(ref.location, ref.root, max_bytes=limit)
            self._decoder.decode(data, target, lambda outcome: self._finish(future, outcome))
        except ImageError as error:
            self._finish(future, ImageFailure.of(error))
        except Exception as error:  # an error of ours is one image's failure, never the run's
            failure = ImageFailure(Code.STORAGE, f"the read broke ({type(error).__name__})")
            self._finish(future, failure)

    def _far(
        self, ref: ImageRef, target: Target, future: Future[ImageOutcome], *, source: str
    ) -> None:
        self._stats.asked(source)
        deck = self._flight_deck()
        deck.board(ref.location, target, lambda outcome: self._finish(future, outcome))

    def _flight_deck(self) -> FlightDeck:
        with self._lock:
            if self._closed:
                raise RuntimeError("closed")
            if not self._decks:
                from moderation.images.flights import FlightDeck
                from moderation.images.resolver import SystemResolver
                from moderation.images.storage import GoogleStore

                deck = FlightDeck(
                    self._options,
                    self._decoder,
                    self._stats,
                    resolver=self._resolver or SystemResolver(),
                    store=self._store or GoogleStore(self._options.timeout_s),
                )
                self._decks.append(deck)
            return self._decks[0]

    def _finish(self, future: Future[ImageOutcome], outcome: ImageOutcome) -> None:
        code = outcome.code.value if isinstance(outcome, ImageFailure) else OK
        try:
            future.set_result(outcome)
        except InvalidStateError:  # told already, or cancelled by who asked
            return
        self._stats.outcome(code)


def _abandon(decoder: Decoder, decks: list[FlightDeck]) -> None:
    """Let every thread end by itself; called from whichever of them lost the door last."""
    for deck in decks:
        deck.stop()
    decoder.close(wait=False)


def _closed() -> ImageFailure:
    return ImageFailure(Code.CONNECTION, "the door was closed before the image was there")
