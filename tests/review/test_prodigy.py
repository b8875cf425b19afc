from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from moderation.review.answers.answer import Answer, BadAnswer, NoAnswer
from tests.review.tools import read, write_lines

CHOICE = {
    "text": "words",
    "meta": {"item_id": "i5"},
    "_input_hash": -12,
    "_task_hash": 34,
    "_view_id": "choice",
    "options": [{"id": "hateful", "text": "hateful"}, {"id": "not_hateful", "text": "fine"}],
    "config": {"choice_style": "single"},
    "accept": ["hateful"],
    "answer": "accept",
    "_timestamp": 1793606400,
    "_annotator_id": "memes-ada",
    "_session_id": "memes-ada",
}
SINGLE = {n: v for n, v in CHOICE.items() if n not in ("options", "accept")} | {"label": "hateful"}


def one(tmp_path: Path, row: dict[str, Any], **rules: Any) -> Any:
    [found] = read(write_lines(tmp_path / "prodigy.jsonl", row), **rules)
    return found


def test_a_choice_is_read_with_its_person_and_moment(tmp_path: Path) -> None:
    assert one(tmp_path, CHOICE) == Answer(
        {
            "item_id": "i5",
            "reviewer": "memes-ada",
            "decided_at": 1793606400,
            "label": "hateful",
        },
        "accept",
    )


def test_a_label_that_was_rejected_says_it_is_not_the_items(tmp_path: Path) -> None:
    accepted = one(tmp_path, SINGLE)
    rejected = one(tmp_path, {**SINGLE, "answer": "reject"})
    assert (accepted.fields["label"], accepted.rejects) == ("hateful", False)
    assert (rejected.fields["label"], rejected.rejects) == ("hateful", True)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"answer": "ignore"}, "skipped"),
        ({"answer": "reject"}, "skipped"),
        ({"accept": []}, "unanswered"),
        ({"answer": None}, "unanswered"),
    ],
)
def test_what_is_no_answer(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    found = one(tmp_path, {**CHOICE, **changes})
    assert isinstance(found, NoAnswer)
    assert found.why.value == why


def test_an_option_that_is_a_number_goes_by_its_text(tmp_path: Path) -> None:
    options = [{"id": 1, "text": "not_hateful"}, {"id": 2, "text": "hateful"}]
    found = one(tmp_path, {**CHOICE, "options": options, "accept": [1]})
    assert found.fields["label"] == "not_hateful"
    lost = one(tmp_path, {**CHOICE, "options": [], "accept": [1]})
    assert isinstance(lost, BadAnswer)


def test_a_session_without_a_name_is_nobody(tmp_path: Path) -> None:
    row = {**CHOICE, "_annotator_id": "memes-2026-11-02_08-00-00", "_session_id": None}
    refused = one(tmp_path, row)
    assert isinstance(refused, BadAnswer)
    assert "does not say reviewer of its answers" in refused.message
    given = one(tmp_path, row, given={"reviewer": "ada"})
    assert given.fields["reviewer"] == "ada"


def test_an_answer_of_another_kind_is_told(tmp_path: Path) -> None:
    found = one(tmp_path, {**CHOICE, "answer": "maybe"})
    assert isinstance(found, BadAnswer)
    assert "'answer' is 'maybe'" in found.message
