"""Which items an evaluation takes for copies of each other."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.pipelines.evaluations import Desk, memes


def copied(desk: Desk, *, column: str | None, texts: bool) -> list[str]:
    """Sixty items in twenty groups, told by a column, by their texts, or not at all."""
    labels, scores = memes(20)
    rows: list[dict[str, Any]] = []
    told = []
    for item in range(60):
        row = {"id": item, "label": labels[item // 3]["label"]}
        row["text"] = f"{WORDS[item // 3]} look at this {'!' * (item % 3)}" if texts else ""
        if column:
            row[column] = f"g{item // 3}"
        rows.append(row)
        told.append({**scores[item // 3], "item_id": str(item)})
    return ["--scores", desk.csv("s.csv", told), "--labels", desk.jsonl("l.jsonl", rows)]


WORDS = [hashlib.sha256(bytes([place])).hexdigest()[:40] for place in range(20)]


@pytest.mark.parametrize(
    ("column", "texts", "flags", "by"),
    [
        ("group", True, [], {"given": 60, "content": 0, "alone": 0}),
        ("campaign", False, ["--group_by", "campaign"], {"given": 60, "content": 0, "alone": 0}),
        (None, True, [], {"given": 0, "content": 60, "alone": 0}),
    ],
)
def test_groups_are_told_by_a_column_or_by_nearly_equal_texts(
    desk: Desk, column: str | None, texts: bool, flags: list[str], by: dict[str, int]
) -> None:
    done = desk.evaluate(*copied(desk, column=column, texts=texts), *flags)

    assert done.code == 0
    assert (done.task.overall.items, done.task.overall.groups) == (60, 20)
    assert done.report.grouped_by is not None
    assert done.report.grouped_by.model_dump(exclude={"column"}) == by
    assert "20 independent groups" in (done.path / "evaluation.html").read_text()


def test_item_by_item_is_said_on_the_page(desk: Desk) -> None:
    done = desk.evaluate(*copied(desk, column="group", texts=True), "--group_by", "none")

    assert done.task.overall.groups == 60
    assert (
        "copies among them make every interval too short"
        in (done.path / "evaluation.html").read_text()
    )


def test_a_column_of_groups_that_no_row_has_is_not_passed_over(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    done = desk.evaluate(*copied(desk, column="group", texts=True), "--group_by", "gruop")

    assert (done.code, done.committed) == (3, False)
    assert "no labelled row has a value in the column 'gruop'" in capsys.readouterr().err
