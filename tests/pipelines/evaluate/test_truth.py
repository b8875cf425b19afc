"""Where labels and scores come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from schemas.manifest import Manifest
from tests.pipelines.evaluations import (
    HATEFUL,
    Desk,
    memes,
    score,
    verdict,
)
from tests.pipelines.preprocessing import Preprocess, labelled
from tests.pipelines.scoring import Score, write_jsonl


def test_without_labels_the_ones_that_the_records_came_with_are_the_truth(desk: Desk) -> None:
    told = [
        verdict(str(i), 0.9 if i % 3 else 0.2, label=str(i % 2), extras='{"lang": "de"}')
        for i in range(12)
    ]
    done = desk.evaluate(
        "--verdicts", desk.run("one", told), "--slice_by", "lang,modalities", run_id="own"
    )
    assert (done.code, done.labels) == (0, {"evaluated": 12})
    manifest = Manifest.model_validate_json((done.path / "manifest.json").read_text())
    assert [entry.rows for entry in manifest.inputs] == [12, 0]
    assert [(each.column, each.value) for each in done.task.slices] == [
        ("lang", "de"),
        ("modalities", "text+img"),
    ]


def test_reviewers_decisions_may_be_the_truth(desk: Desk) -> None:
    labels, scores = memes(40)
    decisions = [
        {"item_id": str(row["id"]), "task": "hateful", "label": HATEFUL[row["label"]]}
        for row in labels
    ]
    flags = ["--scores", desk.csv("s.csv", scores), "--labels"]
    done = desk.evaluate(*flags, desk.csv("decisions.csv", decisions), run_id="decisions")
    other = desk.evaluate(*flags, desk.jsonl("labels.jsonl", labels), run_id="records")
    assert (done.code, done.figures) == (0, other.figures)


def test_an_item_may_have_several_labels(desk: Desk) -> None:
    names = ("smears", "doubt", "slogans")
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, size=(60, 3))
    p = np.round(0.4 * truth + 0.6 * random.random((60, 3)), 3)
    scores = [
        {"item_id": str(i), "kind": "meme", "task": "techniques"}
        | {f"p_{name}": float(p[i, k]) for k, name in enumerate(names)}
        for i in range(60)
    ]
    given = [[name for k, name in enumerate(names) if truth[i, k]] for i in range(60)]
    labels = [
        {"id": i, "text": "", "label": given[i] if i % 2 or not given[i] else "|".join(given[i])}
        for i in range(60)
    ]
    done = desk.evaluate(
        "--scores", desk.csv("s.csv", scores), "--labels", desk.jsonl("l.jsonl", labels),
        "--tasks", "meme=techniques", "--multi_label", "techniques",
    )  # fmt: skip
    assert done.code == 0
    overall = done.task.overall
    assert overall.accuracy.value == pytest.approx(metrics.accuracy_score(truth, p >= 0.5))
    assert overall.macro_f1.value == pytest.approx(
        metrics.f1_score(truth, p >= 0.5, average="macro"), abs=1e-9
    )
    assert overall.roc_auc.value == pytest.approx(metrics.roc_auc_score(truth, p), abs=1e-9)
    assert overall.samples_f1 is not None
    assert overall.samples_f1.value == pytest.approx(
        metrics.f1_score(truth, p >= 0.5, average="samples", zero_division=1.0), abs=1e-9
    )
    items = pd.read_parquet(done.path / "items").set_index("item_id")
    wanted = {
        str(i): "|".join(name for k, name in enumerate(names) if p[i, k] >= 0.5) for i in range(60)
    }
    assert items["predicted"].to_dict() == wanted
    assert "Micro-F1" in (done.path / "evaluation.html").read_text()


def test_labels_may_come_out_of_training_examples(
    desk: Desk, preprocess: Preprocess, photos: Path
) -> None:
    rows = [{**row, "lang": "de" if i % 2 else "en"} for i, row in enumerate(labelled(60))]
    source = write_jsonl(photos / "memes.jsonl", rows)  # type: ignore[arg-type]
    examples = preprocess("--input", source, "--image_size", "32x32")
    assert examples.code == 0
    scores = desk.csv("s.csv", [score(str(row["id"]), 0.3 + i / 100) for i, row in enumerate(rows)])
    done = desk.evaluate(
        "--scores", scores, "--examples", str(examples.path), "--split", "train",
        "--slice_by", "lang",
    )  # fmt: skip
    assert done.code == 0
    train = [item for item, split in examples.split_of().items() if split == "train"]
    assert done.labels == {"evaluated": len(train)}
    truth = {str(row["id"]): row["label"] for row in rows}
    ranked = [0.3 + [str(row["id"]) for row in rows].index(item) / 100 for item in train]
    assert done.task.overall.roc_auc.value == pytest.approx(
        metrics.roc_auc_score([truth[item] for item in train], ranked), abs=1e-9
    )
    assert {each.value for each in done.task.slices} == {"de", "en"}


def test_verdicts_of_the_scoring_job_meet_the_labels(
    desk: Desk, score: Score, pictures: Path
) -> None:
    rows: list[Any] = [
        {"id": i, "img": f"{i % 10}.png", "text": f"meme {i}", "label": i % 2} for i in range(24)
    ]
    for row in rows[:4]:
        row["text"] = {"no": "text"}
    source = write_jsonl(pictures / "memes.jsonl", rows)
    run = score("--input", source)
    done = desk.evaluate("--verdicts", str(run.path), "--labels", source, run_id="real")
    assert done.code == 0
    told = {row["item_id"]: dict(row["probabilities"]) for row in run.verdicts}
    assert done.labels == {"evaluated": len(told), "dead_letter_in_run": len(run.letters)}
    assert len(run.letters) == 4
    assert done.report.lost_in_run == {"wrong_type": 4}
    name = next(task.task for task in done.report.tasks)
    truth = [int(item) % 2 for item in told]
    p = [list(found.values())[1] for found in told.values()]
    assert name == "hateful"
    assert done.task.overall.roc_auc.value == pytest.approx(
        metrics.roc_auc_score(truth, p), abs=1e-9
    )


def test_scores_with_other_labels_are_not_thrown_together(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    labels, scores = memes(8)
    scores[3] = {"item_id": "3", "kind": "meme", "task": "hateful", "p_a": 0.5, "p_b": 0.5}
    done = desk.evaluate(
        "--scores", desk.jsonl("s.jsonl", scores), "--labels", desk.jsonl("l.jsonl", labels)
    )
    assert (done.code, done.committed) == (3, False)
    assert "was scored with different labels" in capsys.readouterr().err


def test_a_label_under_another_column_name_is_found(desk: Desk) -> None:
    labels, scores = memes(20)
    renamed = [{"key": row["id"], "text": "", "gold": row["label"]} for row in labels]
    done = desk.evaluate(
        "--scores", desk.csv("s.csv", scores), "--labels", desk.jsonl("l.jsonl", renamed),
        "--columns", "id=key,label=gold",
    )  # fmt: skip
    assert (done.code, done.labels) == (0, {"evaluated": 20})


def test_runs_of_two_models_are_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    one = desk.run("one", [verdict("1", 0.5)])
    two = desk.run("two", [verdict("2", 0.5)], fingerprint="sha256:two")
    assert desk.evaluate("--verdicts", one, two).code == 2
    assert "are of different models (sha256:one and sha256:two)" in capsys.readouterr().err


def test_an_uncommitted_run_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    run = desk.run("one", [verdict("1", 0.5)])
    (Path(run) / "_SUCCESS").unlink()
    assert desk.evaluate("--verdicts", run).code == 2
    assert "--verdicts" in (told := capsys.readouterr().err)
    assert "is not committed" in told
