"""Figures of an evaluation, made again from its files by other means."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from moderation.evaluation.figures.evaluate import evaluate
from tests.pipelines.evaluations import (
    ENTAILMENT,
    HATEFUL,
    Desk,
    joined,
    memes,
    pairs,
)


def test_every_figure_of_memes_is_what_pandas_and_scikit_learn_make_of_the_files(
    desk: Desk,
) -> None:
    labels, scores = memes(300, levels=20)
    files = desk.csv("scores.csv", scores), desk.jsonl("labels.jsonl", labels)
    done = desk.evaluate("--scores", files[0], "--labels", files[1])
    assert done.code == 0
    table = joined(*files)
    truth, p = table["label"].to_numpy(), table["p_hateful"].to_numpy()
    predicted = (p > 0.5).astype(int)
    overall = done.task.overall
    assert done.task.labels == list(HATEFUL)
    assert overall.confusion == metrics.confusion_matrix(truth, predicted).tolist()
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(truth, predicted)
    assert [each.precision.value for each in overall.labels] == pytest.approx(precision, abs=1e-9)
    assert [each.recall.value for each in overall.labels] == pytest.approx(recall, abs=1e-9)
    assert [each.f1.value for each in overall.labels] == pytest.approx(f1, abs=1e-9)
    expected = {
        "accuracy": metrics.accuracy_score(truth, predicted),
        "macro_f1": metrics.f1_score(truth, predicted, average="macro"),
        "weighted_f1": metrics.f1_score(truth, predicted, average="weighted"),
        "roc_auc": metrics.roc_auc_score(truth, p),
        "pr_auc": metrics.average_precision_score(truth, p),
        "log_loss": metrics.log_loss(truth, p),
        "brier": metrics.brier_score_loss(truth, p),
    }
    values = {name: getattr(overall, name).value for name in expected}
    assert values == pytest.approx(expected, abs=1e-9)
    assert overall.log_loss.why == "few_groups"
    for name in expected.keys() - {"log_loss"}:
        low, high = getattr(overall, name).interval_95
        assert low < values[name] < high
    at = next(point for point in done.task.curves[1].thresholds if point.threshold == 0.3)
    assert at.flagged == (p >= 0.3).sum()
    assert at.recall.value == pytest.approx(metrics.recall_score(truth, p >= 0.3), abs=1e-9)


def test_every_figure_of_pairs_can_be_computed_again_from_the_items_table(desk: Desk) -> None:
    labels, scores = pairs(200)
    done = desk.evaluate(
        "--scores", desk.csv("scores.csv", scores), "--labels", desk.csv("labels.csv", labels)
    )
    assert done.code == 0
    table = pd.concat(map(pd.read_parquet, sorted(done.path.glob("items/*.parquet"))))
    p = np.array([[dict(row)[name] for name in ENTAILMENT] for row in table["probabilities"]])
    truth = table["label"].map(ENTAILMENT.index).to_numpy()
    predicted = table["predicted"].map(ENTAILMENT.index).to_numpy()
    overall = done.task.overall
    expected = {
        "accuracy": metrics.accuracy_score(truth, predicted),
        "macro_f1": metrics.f1_score(truth, predicted, average="macro"),
        "roc_auc": metrics.roc_auc_score(truth, p, multi_class="ovr", average="macro"),
        "pr_auc": metrics.average_precision_score(np.eye(3)[truth], p, average="macro"),
        "log_loss": metrics.log_loss(truth, p),
        "brier": float(((p - np.eye(3)[truth]) ** 2).sum(axis=1).mean()),
    }
    values = {name: getattr(overall, name).value for name in expected}
    assert values == pytest.approx(expected, abs=1e-9)
    assert set(table["item_id"]) == {row["item_id"] for row in scores}


def test_a_slice_is_what_pandas_groups_by(desk: Desk) -> None:
    labels, scores = memes(200)
    files = desk.csv("scores.csv", scores), desk.jsonl("labels.jsonl", labels)
    done = desk.evaluate("--scores", files[0], "--labels", files[1], "--slice_by", "lang")
    table = joined(*files)
    table["lang"] = table["lang"].where(table["lang"].notna(), None)
    sliced = {each.value: each.figures for each in done.task.slices}
    assert set(sliced) == {"de", "en", "fr", None}
    for value, figures in sliced.items():
        of = table[table["lang"].isna() if value is None else table["lang"] == value]
        expected = evaluate(of["label"], of["p_hateful"], HATEFUL, replicates=10).overall
        assert figures.items == len(of)
        assert figures.confusion == expected.confusion
        for name in ("accuracy", "roc_auc", "pr_auc", "log_loss", "ece"):
            one, other = getattr(figures, name).value, getattr(expected, name).value
            assert one == pytest.approx(other, abs=1e-9)


def test_a_note_is_told_with_the_figures(desk: Desk) -> None:
    labels, scores = memes(5)
    done = desk.evaluate(
        "--scores", desk.csv("s.csv", scores), "--labels", desk.jsonl("l.jsonl", labels),
        "--note", "the label stands for smears", "--note", "one annotator",
    )  # fmt: skip
    assert done.report.notes == ["the label stands for smears", "one annotator"]
    assert "the label stands for smears" in (done.path / "evaluation.html").read_text()


def test_nothing_that_was_read_is_markup_on_the_page(desk: Desk) -> None:
    bad = "<script>alert(1)</script>"
    labels, scores = memes(20)
    labels = [{**row, "lang": bad, "label": HATEFUL[0] if row["label"] else bad} for row in labels]
    scores = [
        {"item_id": row["item_id"], "kind": "meme", "task": bad}
        | {f"p_{bad}": row["p_hateful"], "p_not_hateful": row["p_not_hateful"]}
        for row in scores
    ]
    done = desk.evaluate(
        "--scores", desk.jsonl("s.jsonl", scores), "--labels", desk.jsonl("l.jsonl", labels),
        "--tasks", f"meme={bad}", "--slice_by", "lang",
    )  # fmt: skip
    assert done.code == 0
    page = (done.path / "evaluation.html").read_text()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert all("<script" not in plot.read_text() for plot in done.path.glob("plots/*.svg"))
    assert all(plot.parent == done.path / "plots" for plot in done.path.rglob("*.svg"))
