"""What is remembered of a host: how often it failed in a row, and until when it asked for quiet."""

from __future__ import annotations

from moderation.images.lru import Lru


class Breaker:
    """Gives a host up for the run once it has failed ``max_failures`` fetches in a row.

    Its items become retryable dead letters, and the next run tries again. Only hosts that fail
    are remembered, the latest ``max_hosts`` of them.
    """

    def __init__(self, *, max_failures: int, max_hosts: int = 10_000) -> None:
        self._max_failures = max_failures
        self._failures: Lru[str, int] = Lru(max_hosts)
        self._quiet_until: Lru[str, float] = Lru(max_hosts)

    def is_open(self, host: str) -> bool:
        """True where the host has been given up."""
        return (self._failures.get(host) or 0) >= self._max_failures

    def answered(self, host: str) -> None:
        """The host gave an answer, good or bad."""
        if not self.is_open(host):
            self._failures.drop(host)

    def failed(self, host: str) -> bool:
        """A whole fetch failed at the host, retries included. True where that was the last one."""
        failures = (self._failures.get(host) or 0) + 1
        self._failures.put(host, failures)
        return failures == self._max_failures

    def quiet(self, host: str, until: float) -> None:
        """The host asked to be left alone until then (``Retry-After``), on the monotonic clock."""
        self._quiet_until.put(host, max(until, self._quiet_until.get(host) or 0.0))

    def quiet_until(self, host: str) -> float:
        """When the host may be asked again; 0.0 where it never minded."""
        return self._quiet_until.get(host) or 0.0
