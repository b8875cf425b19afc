"""What a run leaves, what it refuses, and what it leaves alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from moderation.runs.claim import claimed
from moderation.runs.directory import RunDirectory
from schemas.audit import Audit
from schemas.manifest import Manifest
from schemas.verdicts import DeadLetter, ReviewEntry, Verdict
from tests.models.fakes import export_logits
from tests.pipelines.score.pairs import write_pairs
from tests.pipelines.scoring import Score, memes, write_jsonl


def test_every_file_keeps_its_contract(score: Score, pictures: Path) -> None:
    rows = [*memes(12), "broken", {"id": 1}]
    run = score("--input", write_jsonl(pictures / "memes.jsonl", rows))
    for table, model in (
        (run.verdicts, Verdict),
        (run.letters, DeadLetter),
        (run.reviews, ReviewEntry),
    ):
        assert table
        for row in table:
            if model is Verdict:
                row = {**row, "other_flags": dict(row["other_flags"])}
            model.model_validate(row)
    Audit.model_validate(run.json("audit.json"))
    manifest = Manifest.model_validate(run.json("manifest.json"))
    for output in manifest.outputs:
        data = (run.path / output.path).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (output.bytes, output.sha256)
    [given] = manifest.inputs
    content = Path(given.path).read_bytes()
    assert given.digest == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert (given.bytes, given.rows) == (len(content), 14)
    assert not (run.path / "_staging").exists()
    assert run.json("_SUCCESS")["run_id"] == "t"


def test_a_broken_gate_ends_with_3_and_commits_nothing(
    score: Score, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(pictures / "memes.jsonl", [*memes(5), "x", "y"])
    run = score("--input", source, "--max_dead_letter_ratio", "0.2")
    assert run.code == 3
    assert not (run.path / "_SUCCESS").exists()
    assert run.json("audit.json")["status"] == "refused"
    assert len(run.letters) == 2
    assert "failure budget" in capsys.readouterr().err


def test_images_that_cannot_be_had_are_told_and_have_a_budget(
    score: Score, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = [{**row, "img": f"away/{row['id']}.png"} for row in memes(2, start=90)]
    source = write_jsonl(pictures / "memes.jsonl", [*memes(2), *lost])
    refused = score("--input", source, "--max_missing_image_ratio", "0.4")
    assert refused.code == 3
    assert not (refused.path / "_SUCCESS").exists()
    assert "2 of 4 images could not be had" in capsys.readouterr().err
    assert score("--input", source, run_id="ok").code == 0
    assert "images: 2 ok, 2 not_found" in capsys.readouterr().out


def test_no_rows_are_a_broken_gate_unless_allowed(score: Score, pictures: Path) -> None:
    empty = pictures / "empty.jsonl"
    empty.write_text("")
    assert score("--input", str(empty)).code == 3
    run = score("--input", str(empty), "--allow_empty", run_id="ok")
    assert run.code == 0
    assert run.verdicts == []


def test_a_committed_run_is_not_touched_unless_told(score: Score, pictures: Path) -> None:
    source = write_jsonl(pictures / "memes.jsonl", memes(3))
    first = score("--input", source)
    before = (first.path / "_SUCCESS").read_bytes()
    assert score("--input", source).code == 2
    assert (first.path / "_SUCCESS").read_bytes() == before
    write_jsonl(pictures / "memes.jsonl", memes(1))
    assert len(score("--input", source, "--overwrite").verdicts) == 1


def test_what_a_killed_run_left_behind_does_not_reach_the_next(
    score: Score, pictures: Path
) -> None:
    source = write_jsonl(pictures / "memes.jsonl", memes(3))
    run = score("--input", source)
    (run.path / "_SUCCESS").unlink()
    (run.path / "verdicts" / "part-00007-of-00009.parquet").write_bytes(b"half a file")
    (run.path / "_staging" / "out").mkdir(parents=True)
    again = score("--input", source)
    assert again.code == 0
    assert len(again.verdicts) == 3
    assert not (again.path / "_staging").exists()


def test_a_model_that_gives_logits_is_told_at_launch(
    score: Score, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = export_logits(pictures / "logits")
    source = write_pairs(pictures / "p.csv", [["1", "a", "1.png", "2", "b", "2.png", ""]])
    flags = ["--input", source, "--model", model, "--labels", "Contradictory,Implies,NoEntailment"]
    run = score(*flags)
    assert run.code == 2
    assert "--activation" in capsys.readouterr().err
    assert not run.path.exists()


def test_two_runs_of_one_id_are_never_made_at_once(
    score: Score, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(pictures / "memes.jsonl", memes(5))
    with claimed(RunDirectory(str(tmp_path / "runs"), "t")):
        before = sorted((tmp_path / "runs").rglob("*"))
        refused = score("--input", source)
        assert refused.code == 2
        assert "makes this run since" in capsys.readouterr().err
        assert sorted((tmp_path / "runs").rglob("*")) == before
    done = score("--input", source)
    assert done.code == 0
    assert not (done.path / "_claim").exists()
