"""MongoDB's extended JSON: ``{"$oid": "…"}`` and its like, as the plain values they stand for.

https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/, canonical, relaxed and the
legacy form of dates and bytes. What is none of these stays as it is.
"""

from __future__ import annotations

import base64
import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any

MARK = b'"$'
"""JSON text without it holds no such value."""
_LEGACY_BYTES = {"$binary", "$type"}
_UTC = datetime.timezone.utc


def plain_value(value: Any) -> Any:
    """A parsed JSON value, whatever is extended in it made plain."""
    if isinstance(value, dict):
        return plain_mapping({name: plain_value(inner) for name, inner in value.items()})
    if isinstance(value, list):
        return [plain_value(inner) for inner in value]
    return value


def plain_mapping(fields: dict[str, Any]) -> Any:
    """What one mapping stands for, its values plain already; itself where it is no such form."""
    if len(fields) != 1 and fields.keys() != _LEGACY_BYTES:
        return fields
    name, inner = next(iter(fields.items())) if len(fields) == 1 else ("$binary", fields["$binary"])
    make = _MADE.get(name)
    if make is None:
        return fields
    try:
        return make(inner)
    except (ValueError, TypeError, OverflowError, KeyError):  # of its form, not of its kind
        return fields


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> float | None:
    number = float(_text(value))
    return number if math.isfinite(number) else None


def _moment(value: Any) -> str:
    """ISO 8601, UTC; a number is milliseconds since 1970."""
    if isinstance(value, str):
        return value
    start = datetime.datetime(1970, 1, 1, tzinfo=_UTC)
    moment = start + datetime.timedelta(milliseconds=int(value))
    return moment.isoformat(timespec="milliseconds")


def _bytes(value: Any) -> bytes:
    text = value["base64"] if isinstance(value, Mapping) else value
    return base64.b64decode(_text(text), validate=True)


_MADE: Mapping[str, Callable[[Any], Any]] = {
    "$oid": _text,
    "$symbol": _text,
    "$uuid": _text,
    "$numberDecimal": _text,
    "$numberInt": lambda value: int(_text(value)),
    "$numberLong": lambda value: int(_text(value)),
    "$numberDouble": _number,
    "$date": _moment,
    "$binary": _bytes,
    "$undefined": lambda _: None,
}
