"""Giving a host up for the run, after it has failed often enough in a row."""

from __future__ import annotations

from collections import OrderedDict


class Breaker:
    """Counts each host's failures since its last answer.

    A host that reaches ``max_failures`` stays given up: its items become retryable dead
    letters, and the next run tries again. Only hosts that fail are remembered, the latest
    ``max_hosts`` of them.
    """

    def __init__(self, *, max_failures: int, max_hosts: int = 10_000) -> None:
        self._max_failures = max_failures
        self._max_hosts = max_hosts
        self._failures: OrderedDict[str, int] = OrderedDict()

    def is_open(self, host: str) -> bool:
        """True where the host has been given up."""
        return self._failures.get(host, 0) >= self._max_failures

    def answered(self, host: str) -> None:
        """The host gave an answer, good or bad."""
        if not self.is_open(host):
            self._failures.pop(host, None)

    def failed(self, host: str) -> bool:
        """A whole fetch failed at the host, retries included. True where that was the last one."""
        self._failures[host] = self._failures.get(host, 0) + 1
        self._failures.move_to_end(host)
        while len(self._failures) > self._max_hosts:
            self._failures.popitem(last=False)
        return self._failures.get(host) == self._max_failures
