"""A run beside the one before: what differs is told, and may keep a run from its commit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipelines.score.__main__ import main
from pipelines.score.summary import drift_lines
from schemas.drift import Drift
from tests.pipelines.scoring import Score, memes, write_jsonl
from tests.runs import scored

POLICY = """\
version: stricter
flags:
  is_hateful: {task: hateful, label: hateful, threshold: 0.2}
"""


def test_nights_are_compared_and_a_shift_is_refused_where_it_is_asked_for(
    score: Score, tmp_path: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = write_jsonl(tmp_path / "usual.jsonl", memes(100, folder="pictures/"))
    first = score("--input", usual, "--fail_on_drift", run_id="night1")
    drift = first.json("audit.json")["drift"]
    assert (first.code, drift["baseline"]) == (0, None)
    assert "is committed yet" in drift["why_none"]

    (tmp_path / "policy.yaml").write_text(POLICY)
    stricter = ("--policy", str(tmp_path / "policy.yaml"), "--format", "jsonl")
    second = score("--input", usual, *stricter, "--slice_rows", "40", run_id="night2")
    drift = second.json("audit.json")["drift"]
    assert (second.code, drift["baseline"]) == (0, "night1")
    assert [each["what"] for each in drift["changes"]] == ["policy"]
    scores = [each for each in drift["measures"] if each["of"] == "score"]
    assert {d["value"] for each in scores for d in each["distances"]} == {0.0}
    table = drift["decisions"]
    assert (table["items"], table["only_before"], table["only_now"]) == (100, 0, 0)
    was = {v["content_key"]: v["decision"] for v in first.verdicts}
    now = {v["content_key"]: v["decision"] for v in second.verdicts}
    changed = sum(was[key] != now[key] for key in was)
    assert changed
    assert f"{changed} of 100 items that both saw" in capsys.readouterr().out

    rows = [json.loads(line) for line in Path(usual).read_text().splitlines()]
    bright = [{**row, "img": f"pictures/{7 + row['id'] % 3}.png"} for row in rows]
    shifted = write_jsonl(tmp_path / "shifted.jsonl", bright)
    third = score(
        "--input", shifted, "--baseline", str(first.path), "--fail_on_drift", run_id="night3"
    )
    assert third.code == 3
    manifest = third.json("manifest.json")
    assert manifest["refusal_code"] == "gate"
    assert "drift since run night1: scores of hateful.hateful" in manifest["refusal"]
    assert "--fail_on_drift" in manifest["refusal"]
    page = (third.path / "audit.html").read_text()
    assert "differ beyond chance" in page
    assert not (third.path / "_SUCCESS").exists()


def test_counts_for_later_runs_are_the_same_in_one_piece_and_in_slices(
    score: Score, tmp_path: Path, pictures: Path
) -> None:
    rows = [*memes(30, folder="pictures/"), *memes(30, folder="pictures/"), "{", '{"a": 1}']
    source = write_jsonl(tmp_path / "in.jsonl", rows)
    whole = score("--input", source, "--baseline", "none", run_id="whole")
    sliced = score("--input", source, "--slice_rows", "7", run_id="sliced")
    blocks = [run.json("audit.json")["blocks"] for run in (whole, sliced)]
    assert blocks[0] == blocks[1]
    counts = {(b["of"], b["name"]): np.sum(b["blocks"], axis=0).tolist() for b in blocks[0]}
    assert counts["dead_letter", "all"] == [30, 2]
    assert counts["missing_modality", "meme"] == [30, 0]
    assert sum(counts["score", "hateful.hateful"]) == 30
    assert sum(counts["image_size", "meme"]) == 30
    assert counts["image_size", "meme"][0] == 30  # 40 by 30 pixels
    assert counts["text_length", "meme"][1] == 30  # "meme 7": under ten characters
    assert whole.json("audit.json")["drift"]["why_none"] == "none was asked for (--baseline none)"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--baseline", "{tmp}/no"], "there is no _SUCCESS in it"),
        (["--baseline", "{tmp}/runs/run_id=x", "--run_id", "x"], "is the directory that is to be"),
        (["--baseline", "none", "--fail_on_drift"], "leave one of them out"),
        (["--baseline", "{tmp}/broken"], "its audit.json cannot be read"),
    ],
)
def test_a_baseline_that_cannot_be_used_ends_with_2(
    flags: list[str], words: str, tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = scored.make(tmp_path / "broken")
    (broken / "audit.json").write_text("{")
    given = [flag.format(tmp=tmp_path) for flag in flags]
    assert main(["--output", str(tmp_path / "runs"), "--model", model, "--dry_run", *given]) == 2
    assert words in capsys.readouterr().err


def test_nights_of_few_items_are_told_apart_from_nights_that_are_alike() -> None:
    drift = Drift(baseline="night1", not_compared=["dead letters: 7 items on one side"])
    few = scored.AUDIT.model_copy(update={"drift": drift})
    assert drift_lines(few) == [
        "  drift since night1: no figure could be compared (dead letters: 7 items on one side)"
    ]
