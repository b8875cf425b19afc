"""When to try again, how long to wait before, and when to leave it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TypeVar

from moderation.images.fetching.budgets import TimeBudget
from moderation.images.options import DoorOptions
from moderation.images.stats import StatsCollector
from moderation.images.types import ImageError
from schemas.codes import Code

T = TypeVar("T")

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that may be another one in a moment; every other answer is final."""


class Retrier:
    """Tries again what failed for a moment, within the budget of the fetch."""

    def __init__(self, options: DoorOptions, stats: StatsCollector) -> None:
        self._options = options
        self._stats = stats
        self._rng = random.Random()

    async def run(self, attempt: Callable[[int], Awaitable[T]], budget: TimeBudget) -> T:
        """Call ``attempt`` with 1, 2, … until it succeeds or no further try is worth it.

        Raises the last ``ImageError``, with the number of attempts on it.
        """
        number = 1
        while True:
            try:
                return await attempt(number)
            except ImageError as error:
                error.attempts = number
                pause_s = self._pause_s(error)
                if pause_s is None or pause_s >= budget.left_s:
                    raise
            self._stats.add(retries=1)
            await budget.spend(asyncio.sleep(pause_s), "waiting to try again")
            number += 1

    def _pause_s(self, error: ImageError) -> float | None:
        if not error.transient or error.attempts > self._options.retries:
            return None
        options = self._options
        pause_s = backoff_s(
            error.attempts,
            base_s=options.backoff_base_s,
            cap_s=options.backoff_cap_s,
            rng=self._rng,
        )
        return max(pause_s, error.retry_after_s or 0.0)


def code_of_status(status: int) -> Code:
    """What a final HTTP status other than success or redirect means."""
    if status in (401, 403):
        return Code.FORBIDDEN
    known = {
        404: Code.NOT_FOUND,
        408: Code.TIMEOUT,
        410: Code.GONE,
        425: Code.SERVER_ERROR,
        429: Code.RATE_LIMITED,
        451: Code.UNAVAILABLE_LEGALLY,
    }
    if status in known:
        return known[status]
    return Code.SERVER_ERROR if status in RETRIED_STATUSES else Code.HTTP_STATUS


def backoff_s(attempt: int, *, base_s: float, cap_s: float, rng: random.Random) -> float:
    """Exponential back-off with full jitter: anything from 0 to ``base · 2^(attempt-1)``."""
    return rng.uniform(0.0, min(cap_s, base_s * 2.0 ** (attempt - 1)))


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, as a number or a date; None: not legible."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.utc)
    return max(0.0, (when - now).total_seconds())
