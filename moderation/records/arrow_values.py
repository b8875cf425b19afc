"""Columns of an Arrow batch as plain values: what JSON can say, and bytes.

A value that Python has no form for costs itself, never its row: a time beyond year 9999 is its
text, an infinite one null, a text that is not UTF-8 its bytes.
"""

from __future__ import annotations

import datetime
import decimal
import math
from typing import Any

from moderation.records.extended_json import plain_mapping
from moderation.records.half_characters import mend_utf8


def plain_column(column: Any) -> list[Any]:
    """The values of one ``pyarrow.Array``."""
    import pyarrow.types as types

    kind = column.type
    try:
        values: list[Any] = column.to_pylist()
    except Exception:  # pyarrow, Python and time zones each raise their own
        return [_lone_value(value) for value in column]
    if types.is_integer(kind) or types.is_boolean(kind) or _is_text(kind):
        return values
    return [_plain(value) for value in values]


def long_integers(column: Any) -> list[Any]:
    """A column of 16 bytes a value as integers, as writers of 128-bit integers store them."""
    return [
        None if value is None else int.from_bytes(value, "little", signed=True)
        for value in column.to_pylist()
    ]


def _is_text(kind: Any) -> bool:
    import pyarrow.types as types

    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _lone_value(value: Any) -> Any:
    """One ``pyarrow.Scalar`` of a column that has values without a Python form."""
    try:
        return _plain(value.as_py())
    except Exception:  # as above
        return _other_form(value)


def _other_form(value: Any) -> Any:
    import pyarrow as pa
    import pyarrow.types as types

    kind = value.type
    try:
        if types.is_dictionary(kind):
            return _lone_value(value.value)
        if _is_text(kind):
            raw = value.cast(pa.large_binary() if types.is_large_string(kind) else pa.binary())
            return _text_or_bytes(raw.as_py())
        if types.is_timestamp(kind) and kind.tz:
            value = value.cast(pa.timestamp(kind.unit, "UTC"))
            return _lone_value(value) if kind.tz != "UTC" else _printed(value)
        if types.is_temporal(kind):
            return _printed(value)
    except Exception:  # a value that has no text either
        return None
    return None


def _text_or_bytes(raw: bytes) -> str | bytes:
    try:
        return mend_utf8(raw).decode()
    except UnicodeDecodeError:
        return raw


def _printed(value: Any) -> str | None:
    import pyarrow as pa

    kind = value.type
    if pa.types.is_timestamp(kind) and kind.tz:
        value = value.cast(pa.timestamp(kind.unit))
    text = str(value.cast(pa.string()).as_py())
    return None if "out of range" in text else text


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int, bytes)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return plain_mapping({str(name): _plain(inner) for name, inner in value.items()})
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return _digits(value)
    return str(value)


def _digits(value: decimal.Decimal) -> str:
    """A decimal without an exponent; a whole one as the whole number that it is."""
    return str(int(value)) if value == value.to_integral_value() else format(value, "f")
