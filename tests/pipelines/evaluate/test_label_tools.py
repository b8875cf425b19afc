"""What a label tool exports is no truth before it is settled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.evaluate.__main__ import main
from tests.review.tools import annotation, choice, mixed_rows, task, write_json

TASKS = [task(1, annotation(1, choice("hateful", "hateful")))]


@pytest.mark.parametrize(
    "rows",
    [
        TASKS,
        mixed_rows(TASKS),
        [{"id": 1, "text": "x", "label": ["a"], "Comments": []}],
        [{"id": 1, "text": "x", "annotations": [{"label": 3, "user": 1}]}],
        [{"id": 1, "text": "x", "label": "a", "_task_hash": 3, "answer": "reject"}],
    ],
)
def test_an_export_is_refused_with_the_way_to_labels(
    tmp_path: Path, rows: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    scores = tmp_path / "scores.csv"
    scores.write_text("item_id,task,p_hateful,p_not_hateful\n1,hateful,0.5,0.5\n")
    labels = write_json(tmp_path / "labels.json", rows)
    argv = ["--scores", str(scores), "--labels", str(labels), "--output", str(tmp_path / "out")]
    assert main(argv) == 2
    assert "Settle them with pipelines.export --decisions" in capsys.readouterr().err


def test_records_with_a_list_of_labels_are_no_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = tmp_path / "scores.csv"
    scores.write_text("item_id,task,p_a,p_b\n1,hateful,0.5,0.5\n")
    labels = write_json(tmp_path / "l.json", [{"id": 1, "text": "x", "img": None, "label": ["a"]}])
    argv = ["--scores", str(scores), "--labels", str(labels), "--output", str(tmp_path / "out")]
    assert main([*argv, "--dry_run"]) == 0
