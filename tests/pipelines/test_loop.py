"""Once round the loop, as docs/loop.md walks it: a weak model, people, a better model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.evaluate.__main__ import main as evaluate_main
from pipelines.export.__main__ import main as export_main
from pipelines.preprocess.__main__ import main as preprocess_main
from pipelines.score.__main__ import main as score_main
from tests.pipelines.trainings import train
from workshop.loop import records, reviewer

QUIET = ("--runner=DirectRunner", "--no_progress")
POLICY = """
version: unsure
flags:
  is_hateful: {task: hateful, label: hateful, threshold: 0.5, review_band: {below: 0.5, above: 0.5}}
"""


class Loop:
    """The commands, with the folder they work in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def at(self, *parts: str) -> str:
        return str(self.folder.joinpath(*parts))

    def preprocess(self, *inputs: str, run_id: str) -> None:
        flags = ["--output", self.at("examples"), "--run_id", run_id, "--group_by", "text"]
        splits = ["--splits", "train=0.75,val=0.25"]
        assert preprocess_main([*QUIET, "--input", *inputs, *flags, *splits]) == 0

    def train(self, run_id: str) -> None:
        flags = ["--preset", "hateful_memes_concat", "--modalities", "text", "--set", "text.dim=64"]
        flags += ["--accumulate", "1", "--learning_rate", "0.001", "--no_progress"]
        examples = self.at("examples", f"run_id={run_id}")
        made = train(examples, self.folder / "models" / run_id, *flags, "--epochs", "6")
        assert made.code == 0

    def score(self, source: str, *, model: str, run_id: str) -> Path:
        (self.folder / "policy.yaml").write_text(POLICY)
        flags = ["--model", self.at("models", model), "--policy", self.at("policy.yaml")]
        flags += ["--output", self.at("runs"), "--run_id", run_id]
        assert score_main([*QUIET, "--input", self.at("data", source), *flags]) == 0
        return self.folder / "runs" / f"run_id={run_id}"

    def evaluate(self, model: str, *flags: str) -> Path:
        run = self.score("held_out.jsonl", model=model, run_id=f"held_out_{model}")
        judged = ["--verdicts", str(run), "--labels", self.at("data", "held_out.jsonl")]
        where = ["--output", self.at("evaluations"), "--run_id", model]
        assert evaluate_main([*QUIET, *judged, *where, *flags]) == 0
        return self.folder / "evaluations" / f"run_id={model}"


@pytest.mark.slow
def test_what_people_decide_makes_the_next_model_measurably_better(tmp_path: Path) -> None:
    loop = Loop(tmp_path)
    records.write(tmp_path / "data", seed_rows=60, night_rows=400, held_out_rows=200, seed=1)

    loop.preprocess(loop.at("data", "seed.jsonl"), run_id="first")
    loop.train("first")
    night = loop.score("night.jsonl", model="first", run_id="night")
    decisions = tmp_path / "decisions.jsonl"
    reviewer.main(
        ["--run", str(night), "--truth", loop.at("data", "truth.csv"), "--output", str(decisions)]
    )
    exported = ["--run", str(night), "--decisions", str(decisions), "--run_id", "second"]
    assert export_main([*QUIET, *exported, "--output", loop.at("sets")]) == 0
    sets = loop.at("sets", "run_id=second", "data", "*.parquet")
    loop.preprocess(sets, loop.at("data", "seed.jsonl"), run_id="second")
    loop.train("second")

    first = loop.evaluate("first")
    second = loop.evaluate("second", "--baseline", str(first))

    baseline = json.loads((second / "metrics.json").read_text())["baseline"]
    (comparison,) = baseline["comparisons"]
    verdicts = {each["figure"]: each["verdict"] for each in comparison["differences"]}
    assert comparison["items"] == 200
    assert verdicts["roc_auc"] == verdicts["accuracy"] == verdicts["macro_f1"] == "better"


def test_a_reviewer_without_truth_for_an_item_says_which(tmp_path: Path) -> None:
    queue = tmp_path / "run" / "review_queue"
    queue.mkdir(parents=True)
    (queue / "part.jsonl").write_text('{"item_id": "nobody knows"}\n')
    (tmp_path / "truth.csv").write_text("item_id,label\nanother,1\n")

    flags = ["--run", str(tmp_path / "run"), "--truth", str(tmp_path / "truth.csv")]
    with pytest.raises(ValueError, match="nobody knows"):
        reviewer.main([*flags, "--output", str(tmp_path / "decisions.jsonl")])
