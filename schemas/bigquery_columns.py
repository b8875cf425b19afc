"""The tables of a run as BigQuery declares them, from the same models as the JSON Schemas.

``python -m schemas`` writes them to ``schemas/bigquery``; docs/warehouse.md has the lines that load
by them.
"""

from __future__ import annotations

import types
from enum import Enum
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from schemas.verdicts import DeadLetter, ReviewEntry, Verdict

_SCALARS = {str: "STRING", bool: "BOOLEAN", int: "INTEGER", float: "FLOAT"}


def columns(model: type[BaseModel], *, json_lines: bool) -> list[dict[str, Any]]:
    """A model's fields as BigQuery's columns, in order, as ``bq`` takes them.

    Nothing is ``REQUIRED``: older runs lack later fields and go into the same table, and Parquet's
    nested fields are optional, which a required column refuses.

    Args:
        model: of one row.
        json_lines: the file is JSON Lines, where a map is an object with keys of its own: ``JSON``.
            Of Parquet's maps BigQuery makes a record of repeated ``key_value``.
    """
    return [
        _column(name, field.annotation, json_lines=json_lines)
        for name, field in model.model_fields.items()
    ]


def _column(name: str, hint: Any, *, json_lines: bool) -> dict[str, Any]:
    hint = _present(hint)
    if get_origin(hint) is list:
        (inner,) = get_args(hint)
        return _column(name, inner, json_lines=json_lines) | {"mode": "REPEATED"}
    made: dict[str, Any] = {"name": name, "mode": "NULLABLE"}
    if get_origin(hint) is dict and not json_lines:
        return made | {"type": "RECORD", "fields": [_key_value(*get_args(hint))]}
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return made | {"type": "RECORD", "fields": columns(hint, json_lines=json_lines)}
    return made | {"type": _scalar(hint)}


def _key_value(key: Any, value: Any) -> dict[str, Any]:
    parts = [_column("key", key, json_lines=False), _column("value", value, json_lines=False)]
    return {"name": "key_value", "type": "RECORD", "mode": "REPEATED", "fields": parts}


def _scalar(hint: Any) -> str:
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "STRING"
    # What is left is free of form: a record as it came, a map of texts.
    return _SCALARS.get(hint, "JSON") if isinstance(hint, type) else "JSON"


def _present(hint: Any) -> Any:
    """Of ``X | None`` the ``X``; of several kinds what they are together, which is ``Any``."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    kinds = [each for each in get_args(hint) if each is not type(None)]
    return kinds[0] if len(kinds) == 1 else Any


TABLES: dict[str, list[dict[str, Any]]] = {
    "verdict": columns(Verdict, json_lines=False),
    "verdict_jsonl": columns(Verdict, json_lines=True),
    "dead_letter": columns(DeadLetter, json_lines=True),
    "review_entry": columns(ReviewEntry, json_lines=True),
}
"""By the name of the file; ``verdict`` is for Parquet, all others are for JSON Lines."""
