"""What a decisions file is: told by its first row, and looked through where its tool mixes things.

A file whose answers cannot be told from the data of its tasks is refused as a whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from moderation.option_error import OptionError, option
from moderation.records.rows import RawRow
from moderation.records.spans import plan_spans, read_span
from moderation.review.answers import (
    doccano,
    label_studio,
    label_studio_table,
    prodigy,
    table,
)
from moderation.review.answers.answer import Answer, Found
from moderation.review.answers.rules import AnswerRules, DecisionsFormat
from moderation.storage.input_files import Format, InputFile

MAX_ROW_BYTES = 64 << 20
_FIRST_ROWS = 20
_UNSAID = {"reviewer": "{file}", "decided_at": "2026-01-31"}
"""What some tools do not write, and how it may be given."""
_SHOWN = 20


class AnswersRefused(OptionError, ValueError):
    """A decisions file that cannot be used as it is; the message says what to do."""


class Tool(str, Enum):
    """Whose rows a file has."""

    TABLE = "table"
    LABEL_STUDIO = "Label Studio's JSON"
    LABEL_STUDIO_TABLE = "Label Studio's JSON_MIN or CSV"
    DOCCANO = "doccano's"
    PRODIGY = "Prodigy's"


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a file once it was looked at."""

    tool: Tool
    refusal: str | None = None
    """Why none of its rows is taken, options marked."""


def look(file: InputFile, rules: AnswerRules) -> Shape:
    """Tell what a file is; of Label Studio's all rows are read. Damage is left to its readers."""
    rows = _rows(file)
    first = list(itertools.islice(rows, _FIRST_ROWS))
    tool = next(filter(None, (tool_of(row, rules) for row in first)), _asked(rules))
    whole = itertools.chain(first, rows)
    if tool is Tool.LABEL_STUDIO:
        return Shape(tool, _refused_controls(file.path, whole, rules))
    if tool is Tool.LABEL_STUDIO_TABLE:
        ordered = file.format is Format.JSONL
        return Shape(tool, _refused_columns(file.path, whole, rules, keeps_order=ordered))
    if tool is Tool.DOCCANO:
        found = (doccano.answers(row, rules, file.path) for row in first if doccano.is_example(row))
        return Shape(tool, _unsaid(file.path, itertools.chain.from_iterable(found), tool))
    if tool is Tool.PRODIGY:
        found = (prodigy.answers(row, rules, file.path) for row in first)
        return Shape(tool, _unsaid(file.path, itertools.chain.from_iterable(found), tool))
    return Shape(tool)


def expect_usable(files: Iterable[InputFile], rules: AnswerRules) -> None:
    """Raise ``AnswersRefused`` for the first file that is refused."""
    for file in files:
        if refusal := look(file, rules).refusal:
            raise AnswersRefused(refusal)


def exported_by(file: InputFile) -> Tool | None:
    """The label tool whose export a file is, for those who read records; None where it is none's.

    A list of labels alone makes no export of a record.
    """
    for fields in itertools.islice(_rows(file), _FIRST_ROWS):
        tool = tool_of(fields, AnswerRules())
        if tool is Tool.DOCCANO and not doccano.is_marked(fields):
            tool = None
        if tool not in (None, Tool.TABLE):
            return tool
    return None


def tool_of(fields: Mapping[str, Any], rules: AnswerRules) -> Tool | None:
    """Whose row it is; None where it does not tell. What is Label Studio's is never a table."""
    if label_studio.is_task(fields):
        return Tool.LABEL_STUDIO
    if label_studio_table.is_row(fields):
        return Tool.LABEL_STUDIO_TABLE
    if rules.format is not DecisionsFormat.AUTO:
        return _asked(rules)
    if prodigy.is_example(fields):
        return Tool.PRODIGY
    if table.is_whole(fields, rules):
        return Tool.TABLE
    return Tool.DOCCANO if doccano.is_example(fields) else None


def _asked(rules: AnswerRules) -> Tool:
    return {
        DecisionsFormat.LABEL_STUDIO: Tool.LABEL_STUDIO,
        DecisionsFormat.DOCCANO: Tool.DOCCANO,
        DecisionsFormat.PRODIGY: Tool.PRODIGY,
    }.get(rules.format, Tool.TABLE)


def _rows(file: InputFile) -> Iterator[Mapping[str, Any]]:
    for span in plan_spans(file):
        for row in read_span(span, max_row_bytes=MAX_ROW_BYTES):
            if isinstance(row, RawRow):
                yield row.fields


def _refused_controls(
    path: str, rows: Iterable[Mapping[str, Any]], rules: AnswerRules
) -> str | None:
    found: set[str] = set()
    for fields in rows:
        found |= label_studio.controls_of(fields)
    asked = rules.columns.get("label")
    wanted = {asked} if asked else {*rules.tasks}
    if not found or found & wanted or not wanted:
        return None
    return _no_control(path, sorted(found), asked, rules)


def _refused_columns(
    path: str, rows: Iterable[Mapping[str, Any]], rules: AnswerRules, *, keeps_order: bool
) -> str | None:
    columns: set[str] = set()
    data: set[str] = set()
    answered = False
    for fields in rows:
        if not label_studio_table.is_row(fields):
            continue
        columns |= fields.keys()
        data |= label_studio_table.data_keys(fields, keeps_order=keeps_order)
        answered = answered or label_studio_table.is_answered(fields)
    if not answered:
        return None
    named = [name for name in label_studio_table.controls(columns, rules) if name in columns]
    if not named:
        may_be = sorted(columns - data - label_studio_table.OWN)
        return _no_control(path, may_be, rules.columns.get("label"), rules)
    mixed = data.intersection(named)
    if not mixed:
        return None
    return (
        f"{path}: {', '.join(sorted(mixed))} is a control and a key of the tasks' own data too, "
        "and this format puts both under one name: a task that nobody ticked would bear the data's "
        "value as its answer. Export the project as JSON, or name the control otherwise"
    )


def _unsaid(path: str, found: Iterable[Found], tool: Tool) -> str | None:
    """What none of a file's first answers says and only whoever exported it knows."""
    said = [each.fields for each in found if isinstance(each, Answer)]
    unsaid = [n for n in _UNSAID if said and all(f.get(n) in (None, "") for f in said)]
    if not unsaid:
        return None
    values = ",".join(f"{name}={_UNSAID[name]}" for name in unsaid)
    return (
        f"{path}: it is {tool.value} and does not say {' and '.join(unsaid)} of its answers: "
        f"say it with {option('decision_defaults')} {values} ({{file}} is the file's name)"
    )


def _no_control(path: str, found: list[str], asked: str | None, rules: AnswerRules) -> str:
    missing = repr(asked) if asked else f"of a task's name ({', '.join(rules.tasks)})"
    shown = ", ".join(found[:_SHOWN]) or "data"
    return (
        f"{path}: it has no control {missing}, only {shown}. Name the one that answers the item's "
        f"question, as in {option('decision_columns')} label={found[0] if found else 'NAME'}"
    )
