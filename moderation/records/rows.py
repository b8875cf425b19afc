"""What a reader yields: one row as a mapping, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from schemas.codes import Code

MAX_RAW_CHARS = 4096
"""A bad row's raw text is kept up to here; it is for people to find the row by."""


class RawRow(NamedTuple):
    """A row that its format could parse. ``fields`` are as the file has them."""

    source: str
    row: int
    fields: Mapping[str, Any]
    columns: frozenset[str] | None = frozenset()
    """Those that other rows of its file have, where a row need not have them all; None: nobody
    knows."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row, or with ``row=None`` a part of a file, that its format could not parse."""

    source: str
    row: int | None
    code: Code
    message: str
    raw: str | None = None
    lost: int | None = None
    """Rows that were lost with a part of a file; None where nobody can know, one at least."""


def raw_text(raw: bytes) -> str:
    """Bytes of a bad row as text that any JSON writer can take, cut to ``MAX_RAW_CHARS``."""
    text = raw[: 4 * MAX_RAW_CHARS].decode("utf-8", errors="replace").rstrip("\r\n")
    return text if len(text) <= MAX_RAW_CHARS else text[:MAX_RAW_CHARS] + "…"
