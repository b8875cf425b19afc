"""The pictures of the items that people look at, through the image door and from memory."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from moderation.images.door import ImageDoor
from moderation.images.lru import Lru
from moderation.images.types import ImageFailure, Target
from moderation.review.page.record_images import RecordImages
from moderation.review.page.renditions import NAME, MakeRenditions, Rendition
from schemas.images import ImageReport, ImageStatus
from schemas.verdicts import ReviewEntry

_TARGET = Target(8, 8, further=(MakeRenditions(),))
_MEMORY_BYTES = 64 << 20
_THREADS = 4


@dataclass(frozen=True, slots=True)
class Gone:
    """Why there is nothing to see."""

    why: str

    @property
    def weight(self) -> int:
        """Counted in memory."""
        return 100


Picture = Rendition | Gone


class Pictures(Protocol):
    """What the page asks."""

    def get(self, entry: ReviewEntry, image: ImageReport) -> Future[Picture]:
        """A picture, at once where it is known; the future never raises."""


class DoorPictures:
    """Pictures through the door. Thread-safe."""

    def __init__(self, door: ImageDoor, records: RecordImages) -> None:
        self._door = door
        self._records = records
        self._pool = ThreadPoolExecutor(_THREADS, "review-picture")
        self._lock = threading.Lock()
        self._known: Lru[tuple[str, str], Picture] = Lru(_MEMORY_BYTES)
        self._under_way: dict[tuple[str, str], Future[Picture]] = {}

    def get(self, entry: ReviewEntry, image: ImageReport) -> Future[Picture]:
        """As ``Pictures.get``."""
        key = entry.content_key, image.field
        with self._lock:
            if (known := self._known.get(key)) is not None:
                told: Future[Picture] = Future()
                told.set_result(known)
                return told
            if key not in self._under_way:
                self._under_way[key] = self._pool.submit(self._load, entry, image)
            return self._under_way[key]

    def close(self) -> None:
        """Drop what waits."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _load(self, entry: ReviewEntry, image: ImageReport) -> Picture:
        try:
            found = self._had(entry, image)
        except Exception as error:  # a source that cannot be read again costs one picture
            found = Gone(f"its record could not be read ({type(error).__name__})")
        key = entry.content_key, image.field
        with self._lock:
            self._known.put(key, found, weight=found.weight)
            self._under_way.pop(key, None)
        return found

    def _had(self, entry: ReviewEntry, image: ImageReport) -> Picture:
        if image.status is ImageStatus.FAILED:
            return Gone(f"the run could not have it either ({image.code})")
        found: Picture = Gone("its record does not say where it is any more")
        for ref in self._records.refs(entry, image):
            outcome = self._door.submit(ref, _TARGET).result()
            if isinstance(outcome, ImageFailure):
                found = Gone(f"{outcome.message} ({outcome.code.value})")
            elif image.sha256 not in (None, outcome.sha256):
                found = Gone("another picture lies there now than the one that was judged")
            elif isinstance(made := outcome.made[NAME], Rendition):
                return made
            else:
                found = Gone("it could not be encoded anew")
        return found
