"""A new policy decides on stored scores: the same as a full run, without model and pictures."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.score.test_slices import comparable, mixed
from tests.pipelines.scoring import Finished, Score, memes, write_jsonl

POLICY = """\
version: stricter
flags:
  is_hateful:
    task: hateful
    label: hateful
    threshold: 0.3
    review_band: {below: 0.1, above: 0.15}
  is_contradiction: {task: entailment, label: Contradictory, threshold: 0.4}
review: {sample_clear: 0.3, on_missing_image: true}
"""


@pytest.fixture
def policy(tmp_path: Path) -> str:
    (tmp_path / "policy.yaml").write_text(POLICY)
    return str(tmp_path / "policy.yaml")


def told(run: Finished) -> list[list[str]]:
    """Verdicts, letters and review entries, but for who scored them and when."""
    own = {"reused": None, "reused_from": None, "run_id": None}
    verdicts = [{**verdict, **own} for verdict in run.verdicts]
    return [comparable(verdicts), comparable(run.letters), comparable(run.reviews)]


@pytest.mark.parametrize("sliced", [[], ["--slice_rows", "13"]])
def test_decisions_are_those_of_a_full_run_with_that_policy(
    score: Score, tmp_path: Path, pictures: Path, policy: str, sliced: list[str]
) -> None:
    inputs = ["--input", *mixed(tmp_path), "--image_root", str(pictures)]
    first = score(*inputs, run_id="night")
    full = score(*inputs, "--policy", policy, run_id="full")
    shutil.rmtree(pictures)
    anew = score("--decide_only", str(first.path), "--policy", policy, *sliced, run_id="anew")
    assert (first.code, full.code, anew.code) == (0, 0, 0)
    assert told(anew) == told(full) != told(first)
    books, expected = anew.account, full.account
    assert books["reused"] == expected["scored"]
    assert {**books, "reused": 0} == {**expected, "scored": 0}
    manifest, audit = anew.json("manifest.json"), anew.json("audit.json")
    assert manifest["options"]["decide_only"] == str(first.path)
    assert [(run["run_id"], run["items"]) for run in manifest["reused"]] == [
        ("night", books["reused"])
    ]
    assert audit["drift"]["baseline"] == "night"
    assert audit["drift"]["decisions"]["items"] == books["reused"]
    for part in ("decisions", "flags", "histograms", "blocks", "dead_letters"):
        assert audit[part] == full.json("audit.json")[part], part


def test_a_run_that_was_decided_anew_can_be_decided_anew_and_needs_its_model_s_card_alone(
    score: Score, tmp_path: Path, pictures: Path, policy: str, model: str
) -> None:
    moved = shutil.copytree(model, tmp_path / "models" / "one")
    source = write_jsonl(tmp_path / "in.jsonl", memes(12, folder="pictures/"))
    first = score("--input", source, "--model", str(moved), run_id="night")
    shutil.move(moved, tmp_path / "elsewhere")
    again = ["--decide_only", str(first.path), "--policy", policy, "--model"]
    gone = score(*again, str(moved), run_id="gone")
    assert gone.code == 2
    once = score(*again, str(tmp_path / "elsewhere"), run_id="once")
    twice = score(
        "--decide_only", str(once.path), "--model", str(tmp_path / "elsewhere"), run_id="twice"
    )
    assert (once.code, twice.code) == (0, 0)
    assert {v["reused_from"] for v in twice.verdicts} == {"night"}
    assert told(twice) == told(first)


def test_what_scores_alone_cannot_answer_is_refused(
    score: Score,
    tmp_path: Path,
    pictures: Path,
    model: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = tmp_path / "in.jsonl"
    write_jsonl(source, memes(6, folder="pictures/"))
    first = score("--input", str(source), run_id="night")
    only = ["--decide_only", str(first.path)]
    bank = tmp_path / "bank.yaml"
    bank.write_text(POLICY + "hash_banks: {known: {action: flag}}\n")

    def refused(*flags: Any) -> str:
        assert score(*map(str, flags), run_id="x").code == 2
        return capsys.readouterr().err

    assert "leave --input out" in refused(*only, "--input", source)
    assert "leave --reuse out" in refused(*only, "--reuse", "latest")
    other = shutil.copytree(model, tmp_path / "other")
    (other / "card.json").write_text((other / "card.json").read_text() + "\n")
    assert "is not the model that made the scores" in refused(*only, "--model", other)
    assert "rule for the hash bank 'known'" in refused(*only, "--policy", bank)
    assert "there is no _SUCCESS" in refused("--decide_only", tmp_path)
    source.write_text(source.read_text().replace("meme 3", "meme x"))
    assert "in.jsonl has changed. Bring back what it was" in refused(*only)
    source.unlink()
    assert "in.jsonl cannot be read any more" in refused(*only)
    assert not (tmp_path / "runs" / "run_id=x").exists()
