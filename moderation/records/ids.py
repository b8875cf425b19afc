"""Ids as records, labels and decisions spell them, made one: the same item, the same text.

Tables turn whole ids into ``7.0`` where a column has a gap, spreadsheets pad their cells.
"""

from __future__ import annotations

import hashlib
import math
import posixpath
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from schemas.codes import Code

MAX_ID_CHARS = 256
"""Of one id of a record."""
MAX_ITEM_ID_CHARS = 600
"""Of an item id, which may hold two."""
_NAME_CHARS = 100
_EXACT_INT = 2**53
_WHOLE = re.compile(r"(-?\d+)\.0")


class BadId(ValueError):
    """A value that is no id; the message names its field, ``code`` is a dead letter's."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


def id_of(fields: Mapping[str, Any], name: str, *, max_chars: int = MAX_ID_CHARS) -> str:
    """The id in a field: a text without blanks around it, or a whole number.

    ``7``, ``7.0``, ``"7.0"``, ``" 7 "`` and ``Decimal(7)`` are all ``"7"``.

    Raises:
        BadId: nothing is there, it is of another type, or it is too long.
    """
    value = fields.get(name)
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        raise BadId(Code.MISSING_FIELD, f"{name!r} is missing or empty")
    whole = whole_id(value)
    if isinstance(whole, bool) or not isinstance(whole, (str, int)):
        hint = ": write ids as strings, a float loses digits" if isinstance(value, float) else ""
        raise BadId(
            Code.WRONG_TYPE, f"{name!r} is {type(value).__name__}, not a string or integer{hint}"
        )
    text = printed(whole, max_chars=max_chars)
    if not text:
        raise BadId(Code.MISSING_FIELD, f"{name!r} is missing or empty")
    if len(text) > max_chars:
        raise BadId(Code.INVALID_VALUE, f"{name!r} is over {max_chars} characters")
    return text


def made_id(source: str, row: int) -> str:
    """The id of a row that brings none: its file's name, a digest of where that lies, its place.

    ``posts.csv`` of one day and of the next are two files, and a row keeps its id while its file
    stays where it is.
    """
    digest = hashlib.blake2b(source.encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()
    return f"{posixpath.basename(source)[:_NAME_CHARS]}:{digest}:{row}"


def printed(value: str | int, *, max_chars: int = MAX_ID_CHARS) -> str:
    """An id as text, whatever its length."""
    try:
        text = str(value).strip()
    except ValueError:  # Python refuses to print integers of thousands of digits
        return "…" * (max_chars + 1)
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text


def whole_id(value: Any) -> Any:
    """A whole number as one, whatever type a table gave it; anything else as it is."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_INT:
        return int(value)
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return int(value)
    return value
