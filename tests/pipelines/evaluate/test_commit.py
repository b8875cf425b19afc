"""What an evaluation leaves, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.manifest import Manifest
from schemas.metrics import Evaluation
from tests.pipelines.evaluations import (
    Desk,
    memes,
    verdict,
)


def test_a_run_directory_holds_everything_and_is_typed(desk: Desk) -> None:
    labels, scores = memes(50)
    done = desk.evaluate(
        "--scores", desk.csv("s.csv", scores), "--labels", desk.jsonl("l.jsonl", labels)
    )
    assert Evaluation.model_validate_json((done.path / "metrics.json").read_text())
    manifest = Manifest.model_validate_json((done.path / "manifest.json").read_text())
    written = {str(file.relative_to(done.path)) for file in done.path.rglob("*") if file.is_file()}
    assert written == {entry.path for entry in manifest.outputs} | {"manifest.json", "_SUCCESS"}
    assert {path.split(".")[1] for path in written if path.startswith("plots/")} == {
        "roc", "precision_recall", "reliability", "confusion", "threshold_sweep", "histogram",
    }  # fmt: skip
    rows = {Path(entry.path).name: entry.rows for entry in manifest.inputs}
    assert rows == {"s.csv": 50, "l.jsonl": 50}
    assert all(entry.digest for entry in manifest.inputs)


def test_a_committed_evaluation_is_left_alone_unless_it_is_to_be_replaced(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    labels, scores = memes(30)
    flags = ["--scores", desk.csv("s.csv", scores), "--labels", desk.jsonl("l.jsonl", labels)]
    first = desk.evaluate(*flags)
    before = (first.path / "metrics.json").read_bytes()
    assert desk.evaluate(*flags).code == 2
    assert "is committed already" in capsys.readouterr().err
    assert (first.path / "metrics.json").read_bytes() == before
    assert desk.evaluate(*flags, "--overwrite", "--seed", "5").code == 0
    assert first.task.bootstrap.seed == 5


def test_a_dry_run_checks_and_writes_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    labels, scores = memes(5)
    flags = ["--scores", desk.csv("s.csv", scores), "--labels", desk.jsonl("l.jsonl", labels)]
    assert desk.evaluate(*flags, "--dry_run").code == 0
    assert "nothing was evaluated" in capsys.readouterr().out
    assert not (desk.folder / "evaluations").exists()


def test_what_a_refused_evaluation_left_is_gone_after_the_next(desk: Desk) -> None:
    run = desk.run("one", [verdict("1", 0.5, label="1")])
    wanted = [{"id": i, "img": "x.png", "text": "t"} for i in (1, 2)]
    refused = desk.evaluate("--verdicts", run, "--submission_for", desk.jsonl("two.jsonl", wanted))
    assert (refused.code, len(refused.letters)) == (3, 1)
    asked = desk.jsonl("one.jsonl", wanted[:1])
    done = desk.evaluate("--verdicts", run, "--submission_for", asked)
    assert (done.code, done.committed, done.letters) == (0, True, [])
    assert done.report.tasks == []
    manifest = Manifest.model_validate_json((done.path / "manifest.json").read_text())
    written = {str(file.relative_to(done.path)) for file in done.path.rglob("*") if file.is_file()}
    assert written == {entry.path for entry in manifest.outputs} | {"manifest.json", "_SUCCESS"}
