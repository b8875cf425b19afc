from __future__ import annotations

from pathlib import Path

import pytest

from moderation.review.answers.answer import Answer, BadAnswer
from moderation.review.answers.rules import AnswerRules
from moderation.review.answers.shape import AnswersRefused, expect_usable
from moderation.storage.listing import find_inputs
from schemas.codes import Code
from tests.review.tools import (
    DAY,
    annotation,
    choice,
    mixed_rows,
    read,
    said,
    task,
    write_json,
    write_table,
)

TASKS = [
    task(
        1,
        annotation(11, choice("hateful", "hateful")),
        annotation(12, choice("hateful", "not_hateful"), completed_by=7),
    ),
    task(2),
    task(3, annotation(13, choice("hateful", "hateful"), was_cancelled=True)),
    task(4, annotation(14)),
]


def test_each_annotation_of_the_full_json_is_a_persons_word(tmp_path: Path) -> None:
    found = read(write_json(tmp_path / "export.json", TASKS))
    assert said(found) == [
        ("i1", "hateful", "hateful", "ada@people.example", DAY),
        ("i1", "hateful", "not_hateful", 7, DAY),
        "unanswered",
        "skipped",
        "unanswered",
    ]
    assert isinstance(found[0], Answer)
    assert found[0].where == "task 1, annotations[0], control 'hateful'"


@pytest.mark.parametrize(("name", "delimiter"), [("min.json", ""), ("a.csv", "\t"), ("b.csv", ",")])
def test_the_mixed_formats_say_what_the_full_one_says(
    tmp_path: Path, name: str, delimiter: str
) -> None:
    rows = mixed_rows(TASKS)
    path = tmp_path / name
    if delimiter:
        write_table(path, rows, delimiter=delimiter)
    else:
        write_json(path, rows)
    found = said(read(path))
    assert [str(each[3]) for each in found[:2]] == ["ada@people.example", "7"]
    assert [each[:3] for each in found[:2]] == [
        ("i1", "hateful", "hateful"),
        ("i1", "hateful", "not_hateful"),
    ]
    assert found[2:] == ["unanswered", "unanswered"]


def test_an_open_task_with_the_models_verdict_under_the_controls_name_is_refused(
    tmp_path: Path,
) -> None:
    tasks = [task(1, annotation(1, choice("hateful", "not_hateful"))), task(2, hateful="hateful")]
    assert said(read(write_json(tmp_path / "full.json", tasks))) == [
        ("i1", "hateful", "not_hateful", "ada@people.example", DAY),
        "unanswered",
    ]
    for path in (
        write_json(tmp_path / "min.json", mixed_rows(tasks)),
        write_table(tmp_path / "t.csv", mixed_rows(tasks), delimiter="\t"),
    ):
        with pytest.raises(AnswersRefused, match="hateful is a control and a key of the tasks'"):
            expect_usable(find_inputs((str(path),)).files, AnswerRules(tasks=("hateful",)))
        assert all(isinstance(each, BadAnswer) for each in read(path))


def test_a_key_that_stands_before_the_tools_id_is_the_datas_though_all_answered(
    tmp_path: Path,
) -> None:
    tasks = [task(n, annotation(n, choice("hateful", "hateful")), hateful="0") for n in (1, 2)]
    assert all(
        isinstance(each, BadAnswer)
        for each in read(write_json(tmp_path / "m.json", mixed_rows(tasks)))
    )


def test_a_column_that_newer_versions_move_aside_is_a_key_of_the_data(tmp_path: Path) -> None:
    rows = [
        {**row, "_data_hateful": "1"}
        for row in mixed_rows([task(1, annotation(1, choice("hateful", "hateful")))])
    ]
    [found] = read(write_table(tmp_path / "t.csv", rows, delimiter=","))
    assert isinstance(found, BadAnswer)


def test_several_ticks_are_several_labels_and_a_reviewers_no_overrules(tmp_path: Path) -> None:
    tasks = [
        task(1, annotation(1, choice("techniques", "a", "b"))),
        task(2, annotation(2, choice("techniques", "a"), last_action="rejected")),
    ]
    full = said(read(write_json(tmp_path / "f.json", tasks), columns={"label": "techniques"}))
    assert full == [("i1", None, ["a", "b"], "ada@people.example", DAY), "overruled"]
    path = write_json(tmp_path / "m.json", mixed_rows(tasks[:1]))
    assert said(read(path, columns={"label": "techniques", "task": ""})) == full[:1]


def test_a_control_of_another_name_is_asked_for(tmp_path: Path) -> None:
    tasks = [task(1, annotation(1, choice("sentiment", "good")))]
    for path in (
        write_json(tmp_path / "f.json", tasks),
        write_json(tmp_path / "m.json", mixed_rows(tasks)),
    ):
        with pytest.raises(AnswersRefused, match="decision_columns label=sentiment"):
            expect_usable(find_inputs((str(path),)).files, AnswerRules(tasks=("hateful",)))


def test_an_annotation_that_names_nobody_has_no_reviewer_whatever_is_given_for_all(
    tmp_path: Path,
) -> None:
    tasks = [task(1, annotation(1, choice("hateful", "hateful"), completed_by="None"))]
    for path in (
        write_json(tmp_path / "f.json", tasks),
        write_json(tmp_path / "m.json", mixed_rows(tasks)),
    ):
        [found] = read(path, given={"reviewer": "ada"})
        assert isinstance(found, Answer)
        assert found.fields["reviewer"] is None


def test_what_is_no_choice_is_told_by_task_annotation_and_control(tmp_path: Path) -> None:
    note = {**choice("hateful"), "type": "textarea", "value": {"text": ["hm"]}}
    tasks = [task(1, annotation(1, choice("hateful", "hateful"))), task(2, annotation(2, note))]
    found = read(write_json(tmp_path / "f.json", tasks), columns={"label": "hateful"})[1]
    assert isinstance(found, BadAnswer)
    assert found.code is Code.WRONG_TYPE
    assert "task 2, annotations[0], control 'hateful'" in found.message


def test_ids_are_the_datas_a_pairs_are_put_together_and_the_tools_are_none(tmp_path: Path) -> None:
    meme, pair = (task(n, annotation(n, choice("hateful", "hateful"))) for n in (1, 2))
    meme["data"] = {"id": "own", "text": "x"}
    pair["data"] = {"id_1": 3, "id_2": "4", "text_1": "x"}
    found = read(write_json(tmp_path / "f.json", [meme, pair]))
    assert [each[0] for each in said(found)] == ["own", "3:4"]
    mixed = read(write_json(tmp_path / "m.json", mixed_rows([meme, pair])))
    assert [each[0] for each in said(mixed)] == [None, "3:4"]
