from __future__ import annotations

from pathlib import Path

import pytest

from moderation.records.layout import LayoutError
from moderation.review.answers.answer import Answer, BadAnswer, NoAnswer
from moderation.review.answers.rules import parse_given, parse_labels
from tests.review.tools import read, write_lines, write_table

LISTED = {"id": 5, "text": "words", "item_id": "i5", "label": ["hateful"], "Comments": []}
GIVEN = parse_given("reviewer={file},decided_at=2026-11-02")
NUMBERED = {
    "id": 5,
    "text": "words",
    "annotations": [{"label": 3, "user": 2, "created_at": "2026-11-02T08:00:00Z"}],
    "meta": {"item_id": "i5"},
    "annotation_approver": None,
}


def test_a_list_of_labels_has_what_whoever_exports_says_and_an_empty_one_is_no_answer(
    tmp_path: Path,
) -> None:
    path = write_lines(tmp_path / "ada.jsonl", LISTED, {**LISTED, "label": []})
    answer, none = read(path, given=GIVEN)
    assert isinstance(answer, Answer)
    assert isinstance(none, NoAnswer)
    assert answer.fields == {
        "item_id": "i5",
        "label": "hateful",
        "reviewer": "ada",
        "decided_at": "2026-11-02",
    }
    [bare] = read(write_lines(tmp_path / "all.jsonl", LISTED))
    assert isinstance(bare, BadAnswer)
    assert "does not say reviewer and decided_at" in bare.message


def test_numbers_of_labels_are_no_labels_until_they_are_named(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "all.jsonl", NUMBERED)
    [found] = read(path)
    assert isinstance(found, BadAnswer)
    assert "label 3 is doccano's own number" in found.message
    [named] = read(path, labels=parse_labels("3=hateful,1=not_hateful"))
    assert isinstance(named, Answer)
    assert named.fields == {
        "item_id": "i5",
        "label": "hateful",
        "reviewer": 2,
        "decided_at": "2026-11-02T08:00:00Z",
    }


def test_each_person_of_an_example_is_heard_once(tmp_path: Path) -> None:
    marks = [{"label": "a", "user": 1}, {"label": "b", "user": 1}, {"label": "a", "user": 2}]
    path = write_lines(tmp_path / "x.jsonl", {**NUMBERED, "annotations": marks})
    found = read(path, given=GIVEN)
    labels = [(f.fields["reviewer"], f.fields["label"]) for f in found if isinstance(f, Answer)]
    assert labels == [(1, ["a", "b"]), (2, "a")]


def test_a_cell_of_its_csv_holds_labels_with_hashes_between(tmp_path: Path) -> None:
    rows = [{"id": 1, "item_id": "i1", "text": "x", "label": "a#b", "Comments": ""}]
    [found] = read(write_table(tmp_path / "all.csv", rows, delimiter=","), given=GIVEN)
    assert isinstance(found, Answer)
    assert found.fields["label"] == ["a", "b"]


def test_spans_are_no_labels_of_the_whole(tmp_path: Path) -> None:
    [found] = read(write_lines(tmp_path / "x.jsonl", {**LISTED, "label": [[0, 4, "hateful"]]}))
    assert isinstance(found, BadAnswer)
    assert "example 5, 'label'" in found.message


@pytest.mark.parametrize(
    "text", ["label=1", "item_id=7", "reviewer", "=x", "reviewer=", "decided_at=x"]
)
def test_what_cannot_be_given_for_all_rows_is_refused(text: str) -> None:
    with pytest.raises(LayoutError):
        parse_given(text)
