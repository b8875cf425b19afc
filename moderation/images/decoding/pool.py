"""Threads that read and have decoded, equal bytes once."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from moderation.images.decoding.decoders import Decoder
from moderation.images.decoding.makers import Makers
from moderation.images.lru import Lru
from moderation.images.stats import StatsCollector
from moderation.images.types import DecodedImage, ImageOutcome, Target
from moderation.profiling.meter import meter
from schemas.profile import ProfileStage

_Key = tuple[str, Target]
_ENTRY_BYTES = 8 << 10
"""Counted for an entry beside its pixels, more than it takes: it bounds their number too."""


class DecodePool:
    """A thread pool, what it has decoded lately, and what it is decoding now."""

    def __init__(self, decoder: Decoder, *, cache_max_bytes: int, stats: StatsCollector) -> None:
        self._decoder = decoder
        self._stats = stats
        self._pool = ThreadPoolExecutor(decoder.threads, thread_name_prefix="image-decode")
        self._lock = threading.Lock()
        self._makers = Makers()
        self._known: Lru[_Key, ImageOutcome] = Lru(cache_max_bytes)
        self._under_way: dict[_Key, Future[ImageOutcome]] = {}

    def submit(self, read: Callable[[], bytes], target: Target) -> Future[ImageOutcome]:
        """Read and decode on the pool; the future has what ``read`` raises.

        Raises ``RuntimeError`` once closed.
        """
        return self._pool.submit(self._read_and_decode, read, target)

    def known(self, sha256: str, target: Target) -> ImageOutcome | None:
        """What these bytes became earlier, if that is still remembered."""
        with self._lock:
            outcome = self._known.get((sha256, target))
        if outcome is not None:
            self._stats.add(decode_cache_hits=1)
        return outcome

    def close(self, *, wait: bool = True) -> None:
        """Finish what is being decoded, drop what waits."""
        self._pool.shutdown(wait=wait, cancel_futures=True)
        self._decoder.close()
        self._makers.close()

    def _read_and_decode(self, read: Callable[[], bytes], target: Target) -> ImageOutcome:
        data = read()
        with meter.thread(ProfileStage.FETCH):
            key = hashlib.sha256(data).hexdigest(), target
        told, is_mine = self._claim(key)
        if is_mine:
            return self._decode(data, key, told)
        self._stats.add(decode_cache_hits=1)
        return told.result()  # another thread is at it, so nobody waits in a circle

    def _claim(self, key: _Key) -> tuple[Future[ImageOutcome], bool]:
        """What there is or will be of some bytes, and whether the caller is to decode them."""
        with self._lock:
            if key in self._under_way:
                return self._under_way[key], False
            told: Future[ImageOutcome] = Future()
            known = self._known.get(key)
            if known is None:
                self._under_way[key] = told
            else:
                told.set_result(known)
            return told, known is None

    def _decode(self, data: bytes, key: _Key, told: Future[ImageOutcome]) -> ImageOutcome:
        try:
            with meter.thread(ProfileStage.DECODE, items=1):
                outcome = self._decoder.decode(data, *key)
            if isinstance(outcome, DecodedImage) and key[1].further:
                with meter.thread(ProfileStage.EXTRACT, items=1):
                    outcome = self._makers.made(outcome, key[1].further)
            if isinstance(outcome, DecodedImage) and key[1].md5:
                md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
                outcome = replace(outcome, md5=md5)
        except BaseException as error:
            with self._lock:
                del self._under_way[key]
            told.set_exception(error)
            raise
        weight = _ENTRY_BYTES + (outcome.pixels.nbytes if isinstance(outcome, DecodedImage) else 0)
        with self._lock:
            self._known.put(key, outcome, weight=weight)
            del self._under_way[key]
        told.set_result(outcome)
        return outcome
