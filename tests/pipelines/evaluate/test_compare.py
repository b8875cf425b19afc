"""Two models on the items that both judged."""

from __future__ import annotations

import pytest
from sklearn import metrics

from tests.pipelines.evaluations import (
    Desk,
    memes,
    score,
)


def test_a_better_model_is_measurably_better_on_the_shared_items(desk: Desk) -> None:
    labels, weak = memes(400, seed=1, signal=1.0)
    truth = desk.jsonl("l.jsonl", labels)
    strong = [
        score(row["item_id"], 0.7 * row["p_hateful"] + 0.3 * label["label"])
        for row, label in zip(weak, labels, strict=True)
    ]
    former = desk.evaluate("--scores", desk.csv("weak.csv", weak), "--labels", truth, run_id="weak")
    done = desk.evaluate(
        "--scores", desk.csv("strong.csv", strong[:390]), "--labels", truth,
        "--baseline", str(former.path), run_id="strong",
    )  # fmt: skip
    assert done.report.baseline is not None
    (compared,) = done.report.baseline.comparisons
    counted = (compared.items, compared.only_here, compared.only_in_baseline, compared.relabelled)
    assert counted == (390, 0, 10, 0)
    found = {each.figure: each for each in compared.differences}
    for name in ("accuracy", "macro_f1", "roc_auc", "log_loss"):
        assert found[name].verdict == "better", name
    y = [row["label"] for row in labels[:390]]
    areas = [
        metrics.roc_auc_score(y, [row["p_hateful"] for row in rows[:390]])
        for rows in (strong, weak)
    ]
    assert found["roc_auc"].difference == pytest.approx(areas[0] - areas[1], abs=1e-9)
    assert "better" in (done.path / "evaluation.html").read_text()


def test_the_same_scores_are_not_measurably_different(desk: Desk) -> None:
    labels, scores = memes(60)
    flags = ["--scores", desk.csv("s.csv", scores), "--labels", desk.jsonl("l.jsonl", labels)]
    former = desk.evaluate(*flags, run_id="one")
    done = desk.evaluate(*flags, "--baseline", str(former.path), run_id="two")
    assert done.report.baseline is not None
    (compared,) = done.report.baseline.comparisons
    assert {each.verdict for each in compared.differences} == {"no measurable difference"}
    assert {each.difference for each in compared.differences} == {0.0}


def test_other_labels_are_not_compared(desk: Desk) -> None:
    labels, scores = memes(20)
    truth = desk.jsonl("l.jsonl", labels)
    renamed = [
        {"item_id": row["item_id"], "kind": "meme", "task": "hateful"}
        | {"p_no": row["p_not_hateful"], "p_yes": row["p_hateful"]}
        for row in scores
    ]
    former = desk.evaluate("--scores", desk.csv("a.csv", scores), "--labels", truth, run_id="one")
    done = desk.evaluate(
        "--scores", desk.csv("b.csv", renamed), "--labels", truth,
        "--baseline", str(former.path), run_id="two",
    )  # fmt: skip
    assert done.report.baseline is not None
    (compared,) = done.report.baseline.comparisons
    assert compared.refusal == "the two evaluations have different labels for this task"
