"""Dead letters as input: their records are driven again, or they are passed on as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic_core import to_json

from moderation.records.dead_letters.history import History, Redrive
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.layout import Layout
from moderation.records.rows import RawRow
from schemas.codes import Code, Stage
from schemas.records import Kind, fields_of

_MARKS = frozenset({"run_id", "source", "row", "stage", "code", "retryable", "message", "record"})

_JUDGED = frozenset({"label", *(name for kind in Kind for name in fields_of(kind))})


class Opened(NamedTuple):
    """A record out of a letter."""

    row: RawRow
    """As its first source had it: file and row are that one's."""
    history: History
    otherwise: DeadLetter | None = None
    """What it becomes where the record is still no valid one; None: it fails anew."""


def is_letter(fields: Mapping[str, Any]) -> bool:
    """Whether a row is a dead letter rather than a record."""
    return fields.keys() >= _MARKS


def open_letter(row: RawRow, layout: Layout, *, redrive: Redrive) -> Opened | DeadLetter:
    """The record inside a dead letter, or the letter that it becomes again.

    A letter that is not to be driven, or that holds no record, is passed on as it was, unless its
    record was no valid one and is now: somebody mended it, or named its columns. One that
    kept less than is judged cannot be driven either, and says which row to run again; what it lost
    of other columns is in no report anyway.
    """
    letter, record = row.fields, row.fields["record"]
    history = History.of(letter, row.source)
    driven = _is_driven(letter, redrive)
    if not isinstance(record, Mapping) or not (driven or _may_be_mended(letter)):
        return _passed_on(row, history)
    source, number = str(letter["source"]), _row(letter["row"])
    needed = layout.columns_of(_JUDGED)
    if lost := [name for name in _redacted(letter) if name in needed]:
        if not driven:
            return _passed_on(row, history)
        message = (
            f"the letter kept no {', '.join(lost)} (inline bytes or a URL's query string): "
            f"run its source again: {source}, row {letter['row']}"
        )
        passed_on = _passed_on(row, history)
        return replace(
            passed_on,
            stage=Stage.VALIDATE,
            code=Code.REDACTED_RECORD,
            message=message,
            attempts=1,
        )
    opened = RawRow(source, row.row if number is None else number, record)
    return Opened(opened, history, None if driven else _passed_on(row, history))


def _is_driven(letter: Mapping[str, Any], redrive: Redrive) -> bool:
    return redrive is Redrive.ALL or _code(letter["code"]).retryable


def _may_be_mended(letter: Mapping[str, Any]) -> bool:
    return _stage(letter["stage"]) is Stage.VALIDATE


def _passed_on(row: RawRow, history: History) -> DeadLetter:
    letter, record = row.fields, row.fields["record"]
    whole = isinstance(record, Mapping)
    return DeadLetter(
        source=str(letter["source"]),
        row=_row(letter["row"]),
        stage=_stage(letter["stage"]),
        code=_code(letter["code"]),
        message=str(letter["message"]),
        item_id=None if letter.get("item_id") is None else str(letter["item_id"]),
        kind=_kind(letter.get("kind")),
        body=to_json(record, fallback=str, inf_nan_mode="null").decode() if whole else None,
        line=record if isinstance(record, str) else None,
        redacted=tuple(_redacted(letter)),
        attempts=0,
        history=history,
    )


def _redacted(letter: Mapping[str, Any]) -> list[str]:
    names = letter.get("redacted")
    return [str(name) for name in names] if isinstance(names, (list, tuple)) else []


def _row(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _code(value: Any) -> Code:
    try:
        return Code(value)
    except ValueError:
        return Code.INVALID_VALUE


def _stage(value: Any) -> Stage:
    try:
        return Stage(value)
    except ValueError:
        return Stage.READ


def _kind(value: Any) -> Kind | None:
    try:
        return Kind(value)
    except ValueError:
        return None
