"""Of two labels the positive one is told by its name: both orders give one result, all the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation.training.errors import TrainingError
from moderation.training.policy import card_labels, expect_policy_fits
from moderation.training.thresholds import Rule, choose
from pipelines.command.usage import in_flags
from pipelines.evaluate.__main__ import main as evaluate
from pipelines.export.__main__ import main as export
from pipelines.preprocess.__main__ import main as preprocess
from pipelines.score.__main__ import main as score
from tests.models.fakes import export as export_model

ORDERS = ("not_hateful,hateful", "hateful,not_hateful")
LABELS = ("1", "false", "Hateful", 0, "not hateful", 1.0, "TRUE", "0.0")
QUIET = ("--runner=DirectRunner", "--no_progress", "--run_id", "r")


def p_hateful(text: str) -> float:
    return (len(text) % 8 + 0.5) / 8


def memes() -> list[dict[str, Any]]:
    return [
        {"id": f"m{n}", "img": None, "text": "x" * (n + 1), "label": label}
        for n, label in enumerate(LABELS)
    ]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("records") / "memes.jsonl"
    path.write_text("".join(json.dumps(meme) + "\n" for meme in memes()))
    return str(path)


def model(folder: Path, order: str, *, columns: int) -> str:
    """A model whose columns stand in the order of its labels, or that has p(hateful) alone."""
    import tensorflow as tf

    def scored(tensors: Any) -> dict[str, Any]:
        p = (tf.cast(tf.strings.length(tensors["text"]) % 8, tf.float32) + 0.5) / 8
        of = {"hateful": p, "not_hateful": 1 - p}
        both = [of[label] for label in order.split(",")]
        return {"probabilities": tf.stack(both if columns == 2 else [p], axis=1)}

    return export_model(folder, inputs={"text": ("string", (None,))}, score=scored)


@pytest.fixture(scope="module", params=[2, 1], ids=["two columns", "one column"])
def nights(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, records: str
) -> list[Path]:
    """The same records scored by the same model, its labels named in either order."""
    done = []
    for order in ORDERS:
        folder = tmp_path_factory.mktemp("night")
        bundle = model(folder / "model", order, columns=request.param)
        argv = ["--model", bundle, "--labels", order, "--input", records, "--output", str(folder)]
        assert score([*argv, "--record_kind", "meme", *QUIET]) == 0
        done.append(folder)
    return done


def test_evaluation_and_submission_are_the_same_in_either_order(
    nights: list[Path], records: str
) -> None:
    found = []
    for folder in nights:
        argv = ["--verdicts", str(folder / "run_id=r"), "--labels", records, "--replicates", "50"]
        out = folder / "evaluated"
        assert evaluate([*argv, "--submission_for", records, "--output", str(out), *QUIET]) == 0
        (task,) = json.loads((out / "run_id=r/metrics.json").read_text())["tasks"]
        assert task["positive"] == "hateful"
        of_order = ("labels", "confusion")
        figures = {name: each for name, each in task["overall"].items() if name not in of_order}
        found.append((figures, (out / "run_id=r/submission.csv").read_text()))
    assert found[0] == found[1]
    lines = found[0][1].splitlines()[1:]
    for meme, line in zip(memes(), lines, strict=True):
        assert float(line.split(",")[1]) == pytest.approx(p_hateful(meme["text"]))


def test_an_export_is_the_same_in_either_order(nights: list[Path]) -> None:
    sets = []
    for folder in nights:
        decided = [
            {"item_id": meme["id"], "task": "hateful", "label": meme["label"], "reviewer": "ann",
             "decided_at": "2099-01-01 10:00:00 UTC"}
            for meme in memes()
        ]  # fmt: skip
        (folder / "decided.jsonl").write_text("".join(json.dumps(row) + "\n" for row in decided))
        argv = ["--run", str(folder / "run_id=r"), "--decisions", str(folder / "decided.jsonl")]
        out = folder / "sets"
        assert export([*argv, "--format", "jsonl", "--output", str(out), *QUIET]) == 0
        (data,) = (out / "run_id=r/data").glob("*.jsonl")
        rows = [json.loads(line) for line in data.read_text().splitlines()]
        told = ("score", "predicted_label", "predicted_score")
        sets.append(
            {row["id"]: (row["label"], *(row["provenance"][name] for name in told)) for row in rows}
        )
    assert sets[0] == sets[1]
    assert [sets[0][f"m{n}"][0] for n in range(8)] == ["1", "0", "1", "0", "0", "1", "1", "0"]


def test_every_spelling_of_a_label_becomes_the_sets_own(tmp_path: Path, records: str) -> None:
    for name, flags in (("default", ()), ("first", ("--labels", ORDERS[1]))):
        argv = ["--input", records, "--splits", "train=1.0", "--output", str(tmp_path / name)]
        assert preprocess([*argv, *flags, *QUIET]) == 0
        info = json.loads((tmp_path / name / "run_id=r/info.json").read_text())
        stats = json.loads((tmp_path / name / "run_id=r/stats.json").read_text())
        labels = info["labels"]["meme"]
        assert labels == (["0", "1"] if name == "default" else ["hateful", "not_hateful"])
        assert stats["account"]["written"] == 8
        assert [each["rows"] for each in stats["splits"]["train"]["labels"]["meme"].values()] == [
            4,
            4,
        ]


@pytest.mark.parametrize("labels", [("not_hateful", "hateful"), ("hateful", "not_hateful")])
def test_training_chooses_the_threshold_of_the_positive_label(labels: tuple[str, str]) -> None:
    p = np.linspace(0.05, 0.95, 40)
    truth = (p > 0.6).astype(int)
    place = labels.index("hateful")
    columns = np.stack([p, 1 - p] if place == 0 else [1 - p, p], axis=1)
    truth = truth if place == 1 else 1 - truth
    chosen = choose(columns, truth, labels, rule=Rule(), task="hateful")
    assert chosen == {"hateful": pytest.approx(0.6, abs=0.02)}


def test_a_card_names_yes_and_no_after_the_task_in_either_order() -> None:
    assert card_labels("hateful", ("0", "1")) == ("not_hateful", "hateful")
    assert card_labels("hateful", ("1", "0")) == ("hateful", "not_hateful")


def test_labels_that_scoring_would_refuse_are_told_before_training() -> None:
    with pytest.raises(TrainingError, match="labels Contradictory,Implies,NoEntailment") as refused:
        expect_policy_fits("entailment", ("contradictory", "implies", "noentailment"))
    assert "preprocess with --labels Contradictory," in in_flags(refused.value)
    assert in_flags(refused.value).endswith("another question, name it with --task")
    with pytest.raises(TrainingError, match="labels 0 and 1"):
        expect_policy_fits("hateful", ("hate", "nothate"))
    expect_policy_fits("hateful", ("1", "0"))
    expect_policy_fits("spam", ("ham", "spam"))
