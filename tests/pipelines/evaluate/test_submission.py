"""``submission.csv``: the rows of a file in their order."""

from __future__ import annotations

import csv

import pytest

from tests.pipelines.evaluations import (
    Desk,
    verdict,
)


def test_a_submission_has_the_rows_of_the_file_in_their_order(desk: Desk) -> None:
    wanted = [{"id": i, "img": f"{i}.png", "text": "t"} for i in (16395, 37405, 94180, 5, 70)]
    wanted.append({"id": "01235", "img": "x.png", "text": "t"})
    told = [verdict(str(row["id"]), round(0.1 + 0.15 * i, 2)) for i, row in enumerate(wanted)]
    run = desk.run("one", [*reversed(told), verdict("unasked", 0.4)])
    done = desk.evaluate(
        "--verdicts", run, "--submission_for", desk.jsonl("test.jsonl", wanted),
        "--submission_threshold", "0.4",
    )  # fmt: skip
    assert done.code == 0
    with (done.path / "submission.csv").open() as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["id", "proba", "label"],
        ["16395", "0.1", "0"],
        ["37405", "0.25", "0"],
        ["94180", "0.4", "1"],
        ["5", "0.55", "1"],
        ["70", "0.7", "1"],
        ["01235", "0.85", "1"],
    ]


def test_a_submission_with_a_row_that_has_no_verdict_is_refused_and_the_row_named(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = [{"id": i, "img": "x.png", "text": "t"} for i in (1, 2, 3)]
    run = desk.run("one", [verdict("1", 0.5), verdict("3", 0.5)])
    done = desk.evaluate("--verdicts", run, "--submission", desk.jsonl("test.jsonl", wanted))
    assert (done.code, done.committed) == (3, False)
    assert "1 rows have no verdict: 2 (row 2)" in capsys.readouterr().err
    assert not (done.path / "submission.csv").exists()
    (letter,) = done.letters
    assert (letter["item_id"], letter["row"], letter["code"]) == ("2", 2, "unknown_item")
