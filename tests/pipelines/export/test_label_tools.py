"""Decisions as label tools export them become a training set."""

from __future__ import annotations

import pytest

from pipelines.verify.__main__ import main as verify
from tests.pipelines.export.night import Night
from tests.review.tools import annotation, choice, mixed_rows, task, write_json, write_lines

EXAMPLE = {"id": 1, "text": "words", "label": ["hateful"], "Comments": []}
PRODIGY = {
    "_task_hash": 1,
    "_annotator_id": "memes-mary",
    "_timestamp": 4070908800,
    "label": "hateful",
}


def test_decisions_of_several_tools_make_one_set_and_the_books_know_who_said_nothing(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    late = {"updated_at": "2099-01-01T00:00:00Z"}
    tasks = [
        task(101, annotation(1, choice("hateful", "hateful"), **late), item_id="1"),
        task(102, annotation(2, choice("hateful", "not_hateful"), **late), item_id="2"),
        task(103, item_id="3"),
        task(104, annotation(3, choice("hateful", "hateful"), was_cancelled=True), item_id="4"),
        task(105, annotation(4, choice("hateful", "fine"), **late), item_id="5"),
    ]
    folder = night.folder
    paths = [
        write_json(folder / "studio.json", tasks),
        write_lines(folder / "ada.jsonl", {**EXAMPLE, "item_id": 6}, {**EXAMPLE, "label": []}),
        write_lines(
            folder / "prodigy.jsonl",
            {**PRODIGY, "meta": {"item_id": "7"}, "answer": "reject"},
            {**PRODIGY, "meta": {"item_id": "8"}, "answer": "ignore"},
        ),
    ]
    done = night.export(
        *("tools", "--run", str(night.first), "--decisions", *map(str, paths)),
        *("--decision_defaults", "reviewer={file},decided_at=2099-01-01"),
    )
    assert done.code == 0
    assert done.labels == {"1": "1", "2": "0", "6": "1", "7": "0"}
    assert done.report["decisions"] == {
        "counted": 4,
        "skipped": 2,
        "unanswered": 2,
        "dead_lettered": 1,
    }
    [letter] = done.lines("dead_letters")
    assert (letter["code"], letter["row"], letter["item_id"]) == ("unknown_label", 5, "5")
    assert letter["source"].endswith("studio.json")
    assert verify([str(done.path)]) == 0


def test_a_file_that_mixes_data_and_answers_is_refused_before_anything_is_read(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks = [task(1, annotation(1, choice("hateful", "hateful"))), task(2, hateful="hateful")]
    path = write_json(night.folder / "min.json", mixed_rows(tasks))
    done = night.export("mixed", "--run", str(night.first), "--decisions", str(path))
    assert done.code == 2
    assert "hateful is a control and a key of the tasks' own data" in capsys.readouterr().err
    assert not done.path.exists()
