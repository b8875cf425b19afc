"""Items with any number of labels, from records to figures: every job, one after the other."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image

from pipelines.evaluate.__main__ import main as evaluate_main
from schemas.metrics import Evaluation
from tests.pipelines.trainings import SIDE, Trained, preprocessed, train, verdicts
from tests.training import tiny

LABELS = ("Appeal to fear/prejudice", "C", "C++")
WORDS = ("cat", "dog", "rain")
PRESET = "hateful_memes_concat"


def records(folder: Path, count: int) -> list[dict[str, Any]]:
    """Each label holds where its word is in the text; one record in eight has no picture."""
    random, made = Random(3), []
    for number in range(count):
        there = [random.random() < rate for rate in (0.5, 0.4, 0.25)]
        words = [word for word, holds in zip(WORDS, there, strict=True) if holds]
        img = folder / f"{number}.png"
        Image.new("RGB", (SIDE, SIDE), (40, number, 99)).save(img)
        names = [name for name, holds in zip(LABELS, there, strict=True) if holds]
        text = " ".join(["the", "mat", *words, "on", str(number)])
        made.append({"id": str(number), "img": str(img) if number % 8 else None, "text": text,
                     "techniques": names})  # fmt: skip
    return made


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("several")
    flags = ("--multi_label", "--columns", "label=techniques", "--stratify")
    return preprocessed(folder, records(folder, 200), *flags)


@pytest.fixture(scope="module")
def trained(
    examples: Path, modules: tiny.Modules, tmp_path_factory: pytest.TempPathFactory
) -> Trained:
    values = {**tiny.overrides(PRESET, modules), "training.epochs": 4, "training.batch_size": 4}
    values |= {"training.learning_rate": 0.003, "training.schedule": "constant"}
    flags = [
        part for name, value in values.items() for part in ("--set", f"{name}={json.dumps(value)}")
    ]
    flags += ["--preset", PRESET, "--activation", "sigmoid", "--task", "techniques"]
    flags += ["--balance", "none"]
    output = tmp_path_factory.mktemp("trained") / "model"
    done = train(examples, output, *flags, "--loss", "class_weighted", "--no_progress")
    assert done.code == 0
    return done


@pytest.mark.slow
def test_items_with_several_labels_go_from_records_to_figures(
    examples: Path, trained: Trained, tmp_path: Path
) -> None:
    task = trained.card["tasks"][0]
    source = examples.parent / "labelled.jsonl"
    found = verdicts(trained.bundle, source, tmp_path / "runs")

    assert tuple(task["labels"]) == LABELS
    assert len(found) == 200
    flags = dict(zip(LABELS, ("appeal_to_fear_prejudice", "c", "c_3"), strict=True))
    for row in found:
        raised = dict(row["other_flags"])
        for label, flag in flags.items():
            p = row["probabilities"][f"techniques.{label}"]
            at = task["thresholds"].get(label, 0.5)
            assert raised[f"is_techniques_{flag}"] == (p >= at)
    assert any(abs(sum(row["probabilities"].values()) - 1) > 0.1 for row in found)

    argv = ["--verdicts", str(tmp_path / "runs" / "run_id=s"), "--examples", str(examples)]
    argv += ["--tasks", "meme=techniques", "--multi_label", "techniques"]
    argv += ["--thresholds", str(trained.bundle), "--replicates", "60"]
    argv += ["--output", str(tmp_path / "evaluations"), "--run_id", "e", "--no_progress"]
    assert evaluate_main(argv) == 0

    report = tmp_path / "evaluations" / "run_id=e" / "metrics.json"
    (judged,) = Evaluation.model_validate_json(report.read_text()).tasks
    told = trained.card["metrics"]["test"]
    assert judged.overall.items == told["items"]
    assert judged.thresholds == {
        label: task["thresholds"].get(label, 0.5) for label in task["labels"]
    }
    for name in ("accuracy", "macro_f1", "micro_f1", "samples_f1", "hamming_loss", "roc_auc"):
        assert getattr(judged.overall, name).value == pytest.approx(told[name]["value"], abs=1e-4)
    losses = [epoch["loss"] for epoch in trained.card["training"]["history"]]
    assert min(losses[1:]) < losses[0]


@pytest.mark.slow
def test_the_card_tells_of_each_label(trained: Trained) -> None:
    card = trained.card
    task = card["tasks"][0]

    assert task["activation"] == "sigmoid"
    assert task["calibration"]["method"] == "platt_per_label"
    assert len(task["calibration"]["slopes"]) == len(task["calibration"]["intercepts"]) == 3
    assert all(0 < task["thresholds"][label] < 1 for label in LABELS)
    epochs = card["training"]["history"]
    assert all(set(epoch["val_labels"]) == set(LABELS) for epoch in epochs)
    assert card["metrics"]["val"]["labels"].keys() == set(LABELS)


@pytest.mark.slow
def test_the_card_counts_rows_and_not_their_labels(examples: Path, trained: Trained) -> None:
    info = json.loads((examples / "info.json").read_text())

    (learnt_from,) = trained.card["trained_on"]

    assert learnt_from["rows"] == info["splits"]["train"]["examples"]
    page = (trained.bundle / "CARD.md").read_text()
    assert "any number of them may hold" in page
    assert "C++ slope" in page


@pytest.mark.slow
def test_golden_items_have_a_probability_of_each_label(trained: Trained) -> None:
    items = json.loads((trained.bundle / "canary.json").read_text())["items"]

    assert len(items) >= 4
    assert all(len(item["expected"]["techniques"]) == 3 for item in items)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--task", "techniques"), "--activation sigmoid"),
        (("--activation", "sigmoid"), "--task"),
        (
            ("--activation", "sigmoid", "--task", "techniques", "--balance", "oversample"),
            "--balance none",
        ),
    ],
)
def test_what_does_not_fit_several_labels_is_told_before_training(
    flags: tuple[str, ...],
    told: str,
    examples: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    done = train(examples, tmp_path / "m", "--preset", "mmbt", *flags)

    assert done.code == 2
    assert told in capsys.readouterr().err
    assert not done.bundle.exists()
