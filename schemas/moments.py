"""Moments as files and tools write them, made UTC."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

_UTC = datetime.timezone.utc
_WRITTEN = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ]\s*(?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d+))?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?",
    re.IGNORECASE,
)
_FROM, _TO = 946_684_800, 4_102_444_800
"""Of seconds since 1970 that are taken for a moment: the years 2000 to 2099."""


def parse_moment(value: Any) -> datetime.datetime:
    """A moment in UTC, taken as UTC where it names no offset.

    ISO 8601, also with a blank for the ``T``, as ``2026-01-02 03:04:05.678 UTC``, ``…+00`` or
    ``…+0000``; a day alone; or a number (also as text) of seconds, milli-, micro- or nanoseconds
    since 1970, told apart by their size, of the years 2000 to 2099.

    Raises:
        ValueError: it is none of these; the message says what to write.
    """
    if isinstance(value, datetime.datetime):
        return _in_utc(value)
    found = None
    if isinstance(value, str):
        found = _written(value.strip())
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        found = _counted(value)
    if found is None:
        raise ValueError(
            "write the moment as ISO 8601, as in 2026-01-31T12:00:00Z, or as seconds since 1970"
        )
    return found


def _written(text: str) -> datetime.datetime | None:
    found = _WRITTEN.fullmatch(text)
    try:
        if found is None:
            return _counted(float(text)) if re.fullmatch(r"\d+(\.\d+)?", text) else None
        time = found["time"] or "00:00"
        moment = datetime.datetime.fromisoformat(f"{found['day']}T{time}")
        micros = int((found["fraction"] or "")[:6].ljust(6, "0"))
        zone = _zone(found["zone"] or "Z")
        return _in_utc(moment.replace(microsecond=micros, tzinfo=zone))
    except (ValueError, OverflowError):  # a 31st of February; before the year 1
        return None


def _zone(text: str) -> datetime.timezone:
    if text[0] not in "+-":
        return _UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return datetime.timezone(-offset if text[0] == "-" else offset)


def _counted(number: float) -> datetime.datetime | None:
    if not math.isfinite(number):
        return None
    for per_second in (1, 10**3, 10**6, 10**9):
        if _FROM <= number / per_second < _TO:
            whole, rest = divmod(number, per_second)
            micros = round(rest * 10**6 / per_second)
            start = datetime.datetime.fromtimestamp(int(whole), _UTC)
            return start + datetime.timedelta(microseconds=micros)
    return None


def _in_utc(moment: datetime.datetime) -> datetime.datetime:
    return moment.replace(tzinfo=_UTC) if moment.tzinfo is None else moment.astimezone(_UTC)
