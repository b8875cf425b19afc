"""Every label and every score is accounted for, whatever becomes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.evaluations import (
    ENTAILMENT,
    Desk,
    memes,
    score,
    verdict,
)


def test_every_label_and_every_score_is_accounted_for(desk: Desk) -> None:
    scores = [
        *(score(str(i), 0.9) for i in range(10)),
        score("3", 0.9),
        score("4", 0.2),
        score("nobody", 0.5),
        score("odd", 1.5),
        {"item_id": "bare", "task": "hateful"},
        score("7", 0.5) | {"task": "spam"},
        score("spam only", 0.5) | {"task": "spam"},
    ]
    labels: list[Any] = [
        *({"id": i, "text": "", "label": 1} for i in range(8)),
        {"id": "0", "text": "", "label": "hateful"},
        {"id": 1, "text": "", "label": 0},
        {"id": 2, "text": "", "label": None},
        {"id": 8, "text": ""},
        {"id": 9, "text": "", "label": "maybe"},
        {"id": "unscored", "text": "", "label": 1},
        {"id": "odd", "text": "", "label": 1},
        {"id": "spam only", "text": "", "label": 1},
        {"name": "no id", "label": 1},
        '{"id": 5, "text": "", "label": 1',
    ]
    done = desk.evaluate(
        "--scores", desk.jsonl("s.jsonl", scores), "--labels", desk.jsonl("l.jsonl", labels)
    )
    assert done.code == 0
    assert done.report.reconciles
    assert done.labels == {
        "evaluated": 6,  # 0, 2, 3, 5, 6, 7
        "duplicate": 1,  # 0 again
        "conflicting": 2,  # 1, twice
        "verdict_conflicting": 1,  # 4
        "unlabelled": 2,  # 2 again, 8
        "without_verdict": 2,  # unscored, odd
        "other_task": 1,  # spam only
        "dead_lettered": 3,  # maybe, no id, the broken line
    }
    assert done.verdicts == {
        "evaluated": 6,
        "duplicate": 1,  # 3 again
        "conflicting": 2,  # 4, twice
        "without_label": 1,  # nobody
        "other_task": 2,  # spam
        "label_unusable": 3,  # 1, 8, 9
        "dead_lettered": 2,  # odd, bare
    }
    assert (done.report.labels.read, done.report.verdicts.read) == (len(labels), len(scores))
    codes = {letter.code: letter.rows for letter in done.report.dead_letters}
    assert codes == {
        "invalid_json": 1,
        "invalid_value": 1,
        "missing_field": 1,
        "unknown_kind": 1,
        "unknown_label": 1,
    }
    assert len(done.letters) == 5
    assert done.task.overall.items == 6


def test_labelled_items_that_the_run_has_as_dead_letters_are_told_by_code(desk: Desk) -> None:
    letter = {"item_id": "2", "kind": "meme", "code": "not_found"}
    run = desk.run("one", [verdict("1", 0.9), verdict("0", 0.1)], letters=[letter])
    labels = [{"id": i, "text": "", "label": int(i > 0)} for i in range(4)]
    done = desk.evaluate("--verdicts", run, "--labels", desk.jsonl("l.jsonl", labels))
    assert done.code == 0
    assert done.labels == {"evaluated": 2, "dead_letter_in_run": 1, "without_verdict": 1}
    assert done.report.lost_in_run == {"not_found": 1}
    (scored_by,) = done.report.scored_by
    assert (scored_by.run_id, scored_by.model_fingerprint) == ("one", "sha256:one")


def test_items_of_two_kinds_may_share_an_id(desk: Desk) -> None:
    scores = [
        {"item_id": "a:b", "kind": "tweet_pair", "task": "entailment"}
        | {f"p_{name}": p for name, p in zip(ENTAILMENT, (0.8, 0.1, 0.1), strict=True)},
        score("a:b", 0.2),
    ]
    labels = [
        {"id_1": "a", "id_2": "b", "label": "Contradictory"},
        {"id": "a:b", "text": "", "label": 0},
    ]
    done = desk.evaluate(
        "--scores", desk.jsonl("s.jsonl", scores), "--labels", desk.jsonl("l.jsonl", labels)
    )
    found = {task.task: task.overall.accuracy.value for task in done.report.tasks}
    assert found == {"entailment": 1.0, "hateful": 1.0}


def test_too_little_coverage_is_written_down_and_not_committed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    labels, scores = memes(20)
    done = desk.evaluate(
        "--scores", desk.csv("s.csv", scores[:10]), "--labels", desk.jsonl("l.jsonl", labels),
        "--min_coverage", "0.8",
    )  # fmt: skip
    assert (done.code, done.committed) == (3, False)
    assert "10 of 20 labelled rows could be evaluated (50.0%)" in capsys.readouterr().err
    assert done.task.overall.items == 10


def test_nothing_to_evaluate_is_not_committed(
    desk: Desk, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    labels, scores = memes(4)
    others = [{**row, "id": f"x{row['id']}"} for row in labels]
    done = desk.evaluate(
        "--scores", desk.csv("s.csv", scores), "--labels", desk.jsonl("l.jsonl", others)
    )
    assert (done.code, done.committed) == (3, False)
    told = capsys.readouterr().err
    assert "(labels: 4 without_verdict; scores: 4 without_label): do ids and --tasks fit?" in told
    assert [record for record in caplog.records if record.exc_info] == []  # a gate is no crash


def test_a_column_to_slice_by_that_no_row_has_is_told_of(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    labels, scores = memes(20)
    files = desk.csv("s.csv", scores), desk.jsonl("l.jsonl", labels)
    desk.evaluate("--scores", files[0], "--labels", files[1], "--slice_by", "lang,langauge")

    told = capsys.readouterr().out
    assert "--slice_by langauge: no row has a value" in told
    assert "--slice_by lang:" not in told


def test_fewer_verdicts_than_the_manifest_has_do_not_reconcile(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Path(desk.run("one", [verdict(str(i), 0.5, label="1") for i in range(4)]))
    manifest = json.loads((run / "manifest.json").read_text())
    for entry in manifest["outputs"]:
        entry["rows"] = 5
    data = json.dumps(manifest).encode()
    (run / "manifest.json").write_bytes(data)
    import hashlib

    marker = {"manifest_sha256": hashlib.sha256(data).hexdigest()}
    (run / "_SUCCESS").write_text(json.dumps(marker))
    done = desk.evaluate("--verdicts", str(run))
    assert (done.code, done.committed) == (1, False)
    assert "5 rows of the runs' verdicts are due, 4 found" in capsys.readouterr().err
