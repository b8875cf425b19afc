"""The lines of a decisions file, read back: those that ``pipelines.review`` wrote, and others'."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from schemas.decision_lines import DecisionLine, Entry
from schemas.moments import parse_moment

Label = str | tuple[str, ...]
"""Of a task with any number of labels a tuple, sorted."""


class DecisionsError(ValueError):
    """A decisions file that cannot be gone on with; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says, as far as a queue cares."""

    entry: Entry
    reviewer: str
    item_id: str
    content_key: str | None
    """None: a line that somebody else wrote."""
    task: str
    label: Label | None
    decided_at: datetime.datetime
    note: str


def said_of(line: DecisionLine) -> Said:
    """The same of a line that is about to be written."""
    return _said(line.model_dump(mode="json"))


def read_lines(data: bytes, path: str) -> Iterator[Said]:
    """What the lines say, in their order.

    Raises:
        DecisionsError: a line that is no decision.
    """
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = from_json(line)
            if not isinstance(fields, dict):
                raise ValueError("it is no object")
            yield _said(fields)
        except (ValueError, KeyError, TypeError) as error:
            what = f"no {error}" if isinstance(error, KeyError) else str(error).splitlines()[0]
            raise DecisionsError(
                f"{path}, line {number:,} is no decision ({what}): mend the line, or name another "
                "file"
            ) from error


def torn_bytes(data: bytes) -> int:
    """How many bytes at the end of a file are a line that was not written to its end.

    A whole object without its line break is a whole line: it counts none.
    """
    tail = data[data.rfind(b"\n") + 1 :]
    if not tail.strip(b"\0 \t\r"):
        return len(tail)
    try:
        return 0 if isinstance(from_json(tail), dict) else len(tail)
    except ValueError:
        return len(tail)


def label_as_written(label: Any) -> Label | None:
    """A label of a file as it is compared: several of them in one order."""
    if isinstance(label, (list, tuple)):
        return tuple(sorted(map(str, label)))
    return None if label is None else str(label)


def _said(fields: Mapping[str, Any]) -> Said:
    entry, key = fields.get("entry"), fields.get("content_key")
    return Said(
        entry=Entry(entry) if entry in [each.value for each in Entry] else Entry.DECIDED,
        reviewer=str(fields["reviewer"]).strip(),
        item_id=str(fields["item_id"]),
        content_key=None if key is None else str(key),
        task=str(fields.get("task") or ""),
        label=label_as_written(fields.get("label")),
        decided_at=parse_moment(fields["decided_at"]),
        note=str(fields.get("note") or ""),
    )
