from __future__ import annotations

from pathlib import Path

from moderation.review.answers.answer import Answer, BadAnswer
from moderation.review.answers.rules import AnswerRules, DecisionsFormat
from moderation.review.answers.shape import Tool, tool_of
from tests.review.tools import annotation, choice, mixed_rows, read, task, write_lines

OURS = {
    "item_id": "7",
    "task": "hateful",
    "label": "1",
    "reviewer": "ada",
    "decided_at": "2026-01-31",
}


def test_columns_may_lie_deeper_and_labels_go_by_other_names(tmp_path: Path) -> None:
    row = {"post": {"id": "7"}, "answers": [{"tag": "OK"}], "by": "ada", "at": "2026-01-31"}
    columns = {"item_id": "post.id", "label": "answers[0].tag", "reviewer": "by"}
    [found] = read(
        write_lines(tmp_path / "x.jsonl", row),
        format=DecisionsFormat.CSV,
        columns={**columns, "decided_at": "at", "task": ""},
        labels={"OK": "not_hateful"},
    )
    assert isinstance(found, Answer)
    assert {n: v for n, v in found.fields.items() if n != "task"} == {
        "item_id": "7",
        "label": "not_hateful",
        "reviewer": "ada",
        "decided_at": "2026-01-31",
    }


def test_a_list_of_labels_of_ours_is_not_taken_for_another_tools() -> None:
    fields = {**OURS, "label": ["a", "b"], "text": "words"}
    assert tool_of(fields, AnswerRules()) is Tool.TABLE


def test_what_label_studio_mixed_is_read_as_that_whatever_it_is_called() -> None:
    [row] = mixed_rows([task(1, annotation(1, choice("hateful", "hateful")))])
    for each in (DecisionsFormat.CSV, DecisionsFormat.OURS, DecisionsFormat.AUTO):
        assert tool_of(row, AnswerRules(format=each)) is Tool.LABEL_STUDIO_TABLE


def test_a_row_of_another_kind_in_a_tools_file_is_told(tmp_path: Path) -> None:
    whole = task(1, annotation(1, choice("hateful", "hateful")))
    found = read(write_lines(tmp_path / "x.jsonl", whole, {"other": 1}))
    assert isinstance(found[1], BadAnswer)
    assert "it has other" in found[1].message
