from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from moderation.evaluation.figures.evaluate import judge
from schemas.manifest import Manifest
from schemas.metrics import Evaluation
from tests.pipelines.conftest import Score, write_jsonl
from tests.pipelines.evaluations import (
    ENTAILMENT,
    HATEFUL,
    Desk,
    joined,
    memes,
    pairs,
    score,
    verdict,
)
from tests.pipelines.test_preprocess import Preprocess, labelled, photos, preprocess

__all__ = ["photos", "preprocess"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


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
    for name in expected:
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
        expected = judge(of["label"], of["p_hateful"], HATEFUL, replicates=10).overall
        assert figures.items == len(of)
        assert figures.confusion == expected.confusion
        for name in ("accuracy", "roc_auc", "pr_auc", "log_loss", "ece"):
            one, other = getattr(figures, name).value, getattr(expected, name).value
            assert one == pytest.approx(other, abs=1e-9)


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


def test_a_note_is_told_with_the_figures(desk: Desk) -> None:
    labels, scores = memes(5)
    done = desk.evaluate(
        "--scores", desk.csv("s.csv", scores), "--labels", desk.jsonl("l.jsonl", labels),
        "--note", "the label stands for smears", "--note", "one annotator",
    )  # fmt: skip
    assert done.report.notes == ["the label stands for smears", "one annotator"]
    assert "the label stands for smears" in (done.path / "evaluation.html").read_text()


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
