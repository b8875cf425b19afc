"""Keys that folders bear, as in ``dt=2026-11-01/lang=en/part-0.parquet``."""

from __future__ import annotations

import re
from urllib.parse import unquote

NULL = "__HIVE_DEFAULT_PARTITION__"
_KEY = re.compile(r"([^=]+)=(.*)")
_OWN = "run_id"
"""The folder of a run of ours bears it; it says nothing of a record."""


def partition_of(path: str) -> tuple[tuple[str, str | None], ...]:
    """Keys and values of the folders above a file, percent-escapes undone; all values are text.

    Of a key that two folders bear the inner one counts.
    """
    found: dict[str, str | None] = {}
    for folder in path.split("/")[:-1]:
        match = _KEY.fullmatch(folder)
        if match:
            key, value = map(unquote, match.groups())
            found[key] = None if value == NULL else value
    found.pop(_OWN, None)
    return tuple(found.items())
