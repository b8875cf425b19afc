"""When to try again, and how long to wait before."""

from __future__ import annotations

import random
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from schemas.codes import Code

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that may be another one in a moment; every other answer is final."""


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
