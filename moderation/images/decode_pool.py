"""Decoding on a pool of threads, equal bytes once."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from moderation.images.cache import Lru
from moderation.images.decode import DecodeLimits, decode_hashed
from moderation.images.stats import StatsCollector
from moderation.images.types import DecodedImage, ImageOutcome, Target

Done = Callable[[ImageOutcome], None]
_Key = tuple[str, Target]
_ENTRY_BYTES = 8 << 10
"""Counted for an entry beside its pixels, more than it takes: it bounds their number too."""


class PixelGate:
    """Lets pictures be decoded beside each other while their pixels together stay in bounds.

    One alone always gets through, whatever its size.
    """

    def __init__(self, max_pixels: int) -> None:
        self._max_pixels = max_pixels
        self._used = 0
        self._changed = threading.Condition()

    @contextmanager
    def __call__(self, pixels: int) -> Iterator[None]:
        """Wait until there is room, and hold it."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._used or self._used + pixels <= self._max_pixels
            )
            self._used += pixels
        try:
            yield
        finally:
            with self._changed:
                self._used -= pixels
                self._changed.notify_all()


class Decoder:
    """A thread pool, what it has decoded lately, and what it is decoding now."""

    def __init__(
        self,
        *,
        threads: int,
        limits: DecodeLimits,
        max_pixels_at_once: int,
        cache_max_bytes: int,
        stats: StatsCollector,
    ) -> None:
        self._limits = limits
        self._stats = stats
        self._pool = ThreadPoolExecutor(threads or _cores(), thread_name_prefix="image-decode")
        self._gate = PixelGate(max_pixels_at_once)
        self._lock = threading.Lock()
        self._known: Lru[_Key, ImageOutcome] = Lru(cache_max_bytes)
        self._waiting: dict[_Key, list[Done]] = {}

    def submit(self, work: Callable[..., None], *args: Any) -> Future[None]:
        """Run something on the pool; raises ``RuntimeError`` once closed."""
        return self._pool.submit(work, *args)

    def known(self, sha256: str, target: Target) -> ImageOutcome | None:
        """What these bytes became earlier, if that is still remembered."""
        with self._lock:
            outcome = self._known.get((sha256, target))
        if outcome is not None:
            self._stats.add(decode_cache_hits=1)
        return outcome

    def decode(self, data: bytes, target: Target, done: Done) -> None:
        """Decode in this thread and tell ``done``.

        Where another thread has the same bytes in hand, that one tells.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        key = (sha256, target)
        with self._lock:
            outcome = self._known.get(key)
            if outcome is None:
                waiting = self._waiting.get(key)
                if waiting is None:
                    self._waiting[key] = [done]
                else:
                    waiting.append(done)
        if outcome is not None:
            self._stats.add(decode_cache_hits=1)
            done(outcome)
        elif waiting is not None:
            self._stats.add(decode_cache_hits=1)
        else:
            self._decode(data, key)

    def _decode(self, data: bytes, key: _Key) -> None:
        started = time.perf_counter()
        outcome = decode_hashed(data, key[0], key[1], limits=self._limits, gate=self._gate)
        self._stats.decoded(seconds=time.perf_counter() - started, size=len(data))
        weight = _ENTRY_BYTES + (outcome.pixels.nbytes if isinstance(outcome, DecodedImage) else 0)
        with self._lock:
            self._known.put(key, outcome, weight=weight)
            waiting = self._waiting.pop(key)
        for done in waiting:
            done(outcome)

    def close(self, *, wait: bool = True) -> None:
        """Finish what is being decoded, drop what waits."""
        self._pool.shutdown(wait=wait, cancel_futures=True)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
