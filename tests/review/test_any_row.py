from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.exports.decisions import read_decisions
from moderation.exports.reviewer_key import ReviewerKey
from moderation.records.rows import RawRow
from moderation.review.answers.rules import AnswerRules
from moderation.review.answers.shape import Shape, Tool, tool_of
from tests.review.tools import annotation, choice, mixed_rows, task

LISTED = {"id": 1, "text": "x", "label": ["a"], "Comments": []}
NUMBERED = {"id": 1, "text": "x", "annotations": [{"label": 3, "user": 1}], "meta": {"id": 1}}
CHOICE = {"_task_hash": 1, "meta": {}, "options": [{"id": 1, "text": "a"}], "accept": [1]}
WHOLE = task(1, annotation(1, choice("hateful", "hateful")))
ROWS = [WHOLE, *mixed_rows([WHOLE]), LISTED, NUMBERED, {**CHOICE, "answer": "accept"}]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


def broken(value: Any, draw: Any) -> Any:
    """The value with one part of it, however deep, made another."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(value)))
        return {**value, name: broken(value[name], draw)}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [broken(value[0], draw), *value[1:]]
    return draw(VALUES)


@pytest.mark.parametrize("row", ROWS)
@given(data=st.data())
def test_whatever_a_part_of_a_row_is_made_it_is_an_entry_or_a_letter(
    row: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(row)))
    fields = {**row, name: broken(row[name], data.draw)}
    rules = AnswerRules(tasks=("hateful",), given={"decided_at": "2026-01-01"})
    shape = Shape(tool_of(fields, rules) or Tool.DOCCANO)
    key = ReviewerKey(b"k" * 32, "given")
    assert list(read_decisions(RawRow("f.jsonl", 1, fields), key, shape=shape, rules=rules))
