"""Entries as exchanges write them: ThreatExchange's indicators, contents of HMA's banks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from moderation.hashes.entries import (
    Entry,
    Fields,
    LeftOut,
    algorithm_of,
    column,
    digest_of,
    id_of,
    names_a_hash,
    row_entry,
    tags_of,
    text_of,
    wrapped,
)
from schemas.hashes import Algorithm

_HARMLESS = "NON_MALICIOUS"

Reader = Callable[[Fields, Algorithm | None], Entry | LeftOut]


def reader_of(fields: Fields) -> Reader | None:
    """How a mapping is read; None where it is no entry."""
    if isinstance(fields.get("signals"), Mapping):
        return _content
    if "should_delete" in fields or isinstance(fields.get("descriptors"), Mapping):
        return _indicator
    if not names_a_hash(fields):
        return None
    return _indicator if {"status", "owner"} <= {*map(column, fields)} else row_entry


def _indicator(fields: Fields, assumed: Algorithm | None) -> Entry | LeftOut:
    """Of ThreatExchange: an indicator with its descriptors, or a descriptor by itself."""
    if fields.get("should_delete"):
        return LeftOut("deleted")
    descriptors = wrapped(fields.get("descriptors")) or [fields]
    harmless = [each.get("status") == _HARMLESS for each in descriptors]
    if all(harmless):
        return LeftOut(f"status {_HARMLESS}")
    entry = row_entry({**fields, "tags": None}, assumed)
    if isinstance(entry, LeftOut):
        return entry
    tags = [tag for each in descriptors for tag in tags_of(each.get("tags"))]
    return entry._replace(tags=tuple(dict.fromkeys(tags + ["disputed"] * any(harmless))))


def _content(fields: Fields, assumed: Algorithm | None) -> Entry | LeftOut:
    """Of HMA: a content of a bank with its signals. What is enabled says 1, or a time gone by."""
    until = fields.get("disable_until_ts", 1)
    if not isinstance(until, int) or not 0 < until <= time.time():
        later = until if isinstance(until, int) and until > 0 else None
        return LeftOut("disabled", later)
    signals: Mapping[str, Any] = fields["signals"]
    hashes = [
        (kind, digest_of(value, kind))
        for name, value in signals.items()
        if (kind := algorithm_of(name)) is not None
    ]
    if not hashes:
        return LeftOut(f"only {', '.join(sorted(signals)) or 'nothing'}")
    bank = fields.get("bank")
    named = bank.get("name") if isinstance(bank, Mapping) else None
    return Entry(
        id=id_of(fields.get("id")),
        hashes=tuple(hashes),
        tags=tags_of(named and [named]),
        text=text_of(signals.get("raw_text")),
    )
