"""What a row has in the columns that a run is sliced by."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from pydantic_core import to_json

from moderation.audit.slice_columns import Column, Unit
from schemas.slices import SliceKind

MOST_CHARS = 120
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?)?\s*"
    r"(Z|UTC|[+-]\d\d(?::?\d\d)?)?",
    re.IGNORECASE,
)
_POSTED = "%a %b %d %H:%M:%S %z %Y"
"""As APIs of posts have written times: Wed Oct 10 20:19:24 +0000 2018."""
_MILLISECONDS, _MICROSECONDS = 1e11, 1e14
"""From here on a number counts these and no longer seconds: in seconds it is the year 5138."""


class Value(NamedTuple):
    """What a row has in a column."""

    kind: SliceKind
    text: str | None = None


_NOTHING, _NO_TIME = Value(SliceKind.MISSING), Value(SliceKind.NO_TIME)


def value_of(fields: Mapping[str, Any], column: Column) -> Value:
    """What a row has in a column.

    Args:
        fields: the row's further columns, as JSON has them.
        column: of them.
    """
    value = fields.get(column.name)
    if value is None or value == "":
        return _NOTHING
    if column.unit is not None:
        at = time_of(value)
        return Value(SliceKind.VALUE, _told(at, column.unit)) if at else _NO_TIME
    return Value(SliceKind.VALUE, value if isinstance(value, str) else to_json(value).decode())


def time_of(value: Any) -> datetime.datetime | None:
    """A time in UTC; without an offset it is taken as one. None: it is no time.

    Args:
        value: ISO 8601, a mail's or an API's form of a date, or seconds (milliseconds,
            microseconds) since 1970.
    """
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, (int, float)):
            return _since_1970(float(value))
        text = str(value).strip()
        if found := _ISO.fullmatch(text):
            return _of_iso(*found.groups())
        if text.isdecimal():
            return _since_1970(float(text)) if len(text) >= 9 else None
        return _of_words(text)
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None


def _since_1970(number: float) -> datetime.datetime:
    scale = 1e6 if number >= _MICROSECONDS else 1e3 if number >= _MILLISECONDS else 1.0
    return datetime.datetime.fromtimestamp(number / scale, datetime.timezone.utc)


def _of_iso(*parts: str | None) -> datetime.datetime:
    *numbers, offset = parts
    whole = [int(number or 0) for number in numbers]
    whole[5] = min(whole[5], 59)  # a leap second
    at = datetime.datetime(*whole, tzinfo=datetime.timezone.utc)  # type: ignore[misc, arg-type]
    if offset is None or offset.upper() in ("Z", "UTC"):
        return at
    digits = offset[1:].replace(":", "").ljust(4, "0")
    ahead = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return at - ahead if offset[0] == "+" else at + ahead


def _of_words(text: str) -> datetime.datetime | None:
    try:
        at = datetime.datetime.strptime(text, _POSTED)
    except ValueError:
        at = parsedate_to_datetime(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.timezone.utc)
    return at.astimezone(datetime.timezone.utc)


def _told(at: datetime.datetime, unit: Unit) -> str:
    if unit is Unit.WEEK:
        year, week, _ = at.isocalendar()
        return f"{year:04}-W{week:02}"
    day = f"{at.year:04}-{at.month:02}-{at.day:02}"
    return {Unit.MONTH: day[:7], Unit.DAY: day, Unit.HOUR: f"{day}T{at.hour:02}"}[unit]
