"""Columns of class labels: numbers in a Parquet file, names in its footer, as ``datasets`` has it.

A reader that takes the numbers reads another label where another file's names stand in another
order, so rows have the names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

FOOTER_KEY = b"huggingface"
_UNLABELLED = -1
"""What ``datasets`` writes where a row has no label."""

ClassLabels = Mapping[str, tuple[str, ...]]
"""Names in the order of their numbers, by column."""


def class_labels(footer: Mapping[bytes, bytes] | None) -> ClassLabels:
    """The names that the key-value metadata of a Parquet file tells; none where it tells nothing.

    Metadata of another form is passed over: the numbers are there all the same.
    """
    try:
        told = json.loads((footer or {})[FOOTER_KEY])["info"]["features"]
        found = {column: _names(feature) for column, feature in told.items()}
    except (KeyError, ValueError, TypeError, AttributeError):
        return {}
    return {column: names for column, names in found.items() if names}


def named(values: Sequence[Any], names: Sequence[str]) -> list[Any]:
    """Numbers, or lists of numbers, as names; a number without a name stays what it is."""
    return [_named(value, names) for value in values]


def _named(value: Any, names: Sequence[str]) -> Any:
    if isinstance(value, list):
        return [_named(each, names) for each in value]
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if value == _UNLABELLED:
        return None
    return names[value] if 0 <= value < len(names) else value


def _names(feature: Any) -> tuple[str, ...]:
    """Of one feature, or of what a list of it holds."""
    if isinstance(feature, list) and len(feature) == 1:
        return _names(feature[0])
    if feature.get("_type") in ("List", "LargeList", "Sequence"):
        return _names(feature["feature"])
    if feature.get("_type") != "ClassLabel":
        return ()
    names = feature["names"]
    return tuple(names) if all(isinstance(name, str) for name in names) else ()
