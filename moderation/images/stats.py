"""What the door did: counts that can be added up over workers, bundles and runs."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

OK = "ok"
"""The outcome of an image that was had; every other outcome is a ``schemas.codes.Code``."""

BUCKET_BOUNDS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000)
"""Upper bounds of a latency histogram's buckets; one more bucket holds what is longer."""

MAX_WORST_HOSTS = 20
_MAX_TRACKED_HOSTS = 1000


@dataclass(frozen=True, slots=True)
class DoorStats:
    """A snapshot. ``merge`` adds two up; all of it is plain JSON."""

    images: int = 0
    """References that were asked for; equals the sum of ``outcomes``."""
    outcomes: dict[str, int] = field(default_factory=dict)
    """By code; ``ok`` for an image."""
    sources: dict[str, int] = field(default_factory=dict)
    """By where it was: ``http``, ``gs``, ``local``, ``data``."""
    fetches: int = 0
    """Fetches over the network, each with its redirects and retries."""
    requests: int = 0
    retries: int = 0
    redirects: int = 0
    bytes: int = 0
    """Encoded bytes of all images that were read, whatever became of them."""
    fetch_cache_hits: int = 0
    """URLs asked for again and not fetched again."""
    decode_cache_hits: int = 0
    """Equal bytes that were not decoded again."""
    decoders_lost: int = 0
    """Processes that ended over a picture, or were ended for it; each was replaced."""
    hosts_given_up: int = 0
    peak_bytes_in_flight: int = 0
    """Merged by maximum: it is a height, no sum."""
    fetch_ms: tuple[int, ...] = (0,) * (len(BUCKET_BOUNDS_MS) + 1)
    """Histogram over ``BUCKET_BOUNDS_MS`` of whole fetches, in milliseconds."""
    decode_ms: tuple[int, ...] = (0,) * (len(BUCKET_BOUNDS_MS) + 1)
    worst_hosts: dict[str, int] = field(default_factory=dict)
    """Hosts with the most failed fetches, at most 20."""

    def merge(self, other: DoorStats) -> DoorStats:
        """The sum of two."""
        values: dict[str, Any] = {}
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if isinstance(mine, dict):
                values[each.name] = dict(Counter(mine) + Counter(theirs))
            elif isinstance(mine, tuple):
                values[each.name] = tuple(a + b for a, b in zip(mine, theirs, strict=True))
            else:
                values[each.name] = mine + theirs
        values["peak_bytes_in_flight"] = max(self.peak_bytes_in_flight, other.peak_bytes_in_flight)
        values["worst_hosts"] = _worst(Counter(values["worst_hosts"]))
        return DoorStats(**values)

    def as_dict(self) -> dict[str, Any]:
        """A JSON object."""
        values: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}


class StatsCollector:
    """Counts from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = DoorStats()
        self._clear()

    def _clear(self) -> None:
        self._numbers: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()
        self._sources: Counter[str] = Counter()
        self._hosts: Counter[str] = Counter()
        self._fetch_ms = [0] * (len(BUCKET_BOUNDS_MS) + 1)
        self._decode_ms = [0] * (len(BUCKET_BOUNDS_MS) + 1)
        self._peak = 0

    def asked(self, source: str) -> None:
        with self._lock:
            self._sources[source] += 1

    def outcome(self, code: str) -> None:
        with self._lock:
            self._outcomes[code] += 1

    def add(self, **numbers: int) -> None:
        with self._lock:
            self._numbers.update(numbers)

    def fetched(self, *, host: str, seconds: float, failed: bool, bytes_in_flight: int) -> None:
        with self._lock:
            self._numbers["fetches"] += 1
            self._fetch_ms[_bucket(seconds)] += 1
            self._peak = max(self._peak, bytes_in_flight)
            if failed:
                self._hosts[host] += 1
                if len(self._hosts) > _MAX_TRACKED_HOSTS:
                    self._hosts = Counter(dict(self._hosts.most_common(_MAX_TRACKED_HOSTS // 2)))

    def decoded(self, *, seconds: float, size: int) -> None:
        with self._lock:
            self._decode_ms[_bucket(seconds)] += 1
            self._numbers["bytes"] += size

    def total(self) -> DoorStats:
        """Everything so far."""
        with self._lock:
            return self._taken.merge(self._current())

    def take(self) -> DoorStats:
        """What came since the last ``take``: the sum of all of them is the total."""
        with self._lock:
            current = self._current()
            self._taken = self._taken.merge(current)
            self._clear()
            return current

    def _current(self) -> DoorStats:
        return DoorStats(
            images=sum(self._outcomes.values()),
            outcomes=dict(self._outcomes),
            sources=dict(self._sources),
            peak_bytes_in_flight=self._peak,
            fetch_ms=tuple(self._fetch_ms),
            decode_ms=tuple(self._decode_ms),
            worst_hosts=_worst(self._hosts),
            **self._numbers,
        )


def _worst(hosts: Counter[str]) -> dict[str, int]:
    return dict(sorted(hosts.items(), key=lambda item: (-item[1], item[0]))[:MAX_WORST_HOSTS])


def _bucket(seconds: float) -> int:
    ms = seconds * 1000.0
    for place, bound in enumerate(BUCKET_BOUNDS_MS):
        if ms <= bound:
            return place
    return len(BUCKET_BOUNDS_MS)
