"""One row of a decisions file → what people said in it."""

from __future__ import annotations

from collections.abc import Iterator

from moderation.option_error import spelled
from moderation.records.rows import RawRow
from moderation.review.answers import (
    doccano,
    label_studio,
    label_studio_table,
    prodigy,
    table,
)
from moderation.review.answers.answer import BadAnswer, Found
from moderation.review.answers.rules import AnswerRules
from moderation.review.answers.shape import Shape, Tool
from schemas.codes import Code


def answers_of(row: RawRow, shape: Shape, rules: AnswerRules) -> Iterator[Found]:
    """The row's answers, one at least, whatever it is."""
    fields = row.fields
    if shape.refusal:
        yield BadAnswer(Code.INVALID_VALUE, spelled(shape.refusal, str), {})
    elif shape.tool is Tool.TABLE:
        yield from table.answers(fields, rules, row.source)
    elif shape.tool is Tool.LABEL_STUDIO_TABLE and label_studio_table.is_row(fields):
        yield from label_studio_table.answers(fields, rules)
    elif shape.tool is Tool.LABEL_STUDIO and label_studio.is_task(fields):
        yield from label_studio.answers(fields, rules)
    elif shape.tool is Tool.PRODIGY:
        yield from prodigy.answers(fields, rules, row.source)
    elif shape.tool is Tool.DOCCANO and doccano.is_example(fields):
        yield from doccano.answers(fields, rules, row.source)
    else:
        shown = ", ".join(sorted(map(str, fields))[:20])
        message = f"the row is not as {shape.tool.value} files have them: it has {shown}"
        yield BadAnswer(Code.MISSING_FIELD, message, {})
