from __future__ import annotations

import csv
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from moderation.runs.claim import claimed
from moderation.runs.directory import RunDirectory
from schemas.audit import Audit
from schemas.codes import Code
from schemas.manifest import Manifest
from schemas.verdicts import DeadLetter, ReviewEntry, Verdict
from tests.models.fakes import POISON, export_fake_entailment, export_logits, export_poison
from tests.pipelines.scoring import Score, memes, write_jsonl

PAIR_COLUMNS = ["id_1", "text_1", "image_1", "id_2", "text_2", "image_2", "label"]


def write_pairs(path: Path, rows: list[list[Any]]) -> str:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([PAIR_COLUMNS, *rows])
    return str(path)


def test_a_tenth_not_json_and_a_tenth_without_files_lose_no_row(
    score: Score, pictures: Path
) -> None:
    rows = memes(500)
    for index in range(0, 500, 10):
        rows[index] = '{"id": 1, "img": '
        assert isinstance(rows[index + 1], dict)
        rows[index + 1]["img"] = f"gone_{index}.png"  # type: ignore[index]
    run = score("--input", write_jsonl(pictures / "memes.jsonl", rows))
    assert run.code == 0
    assert run.account == {
        "read": 500,
        "scored": 450,
        "reused": 0,
        "duplicates": 0,
        "dead_lettered": 50,
        "lost": 0,
    }
    assert {letter["row"] for letter in run.letters} == set(range(1, 500, 10))
    seen = {verdict["row"]: verdict for verdict in run.verdicts}
    assert set(seen) | {letter["row"] for letter in run.letters} == set(range(1, 501))
    text_only = [v for v in run.verdicts if v["modalities"] == ["text"]]
    assert len(text_only) == 50
    assert {v["images"][0]["code"] for v in text_only} == {"not_found"}


def test_scores_are_the_models_own_and_flags_follow_the_policy(
    score: Score, pictures: Path
) -> None:
    run = score("--input", write_jsonl(pictures / "memes.jsonl", memes(10)))
    for verdict in run.verdicts:
        p = verdict["probabilities"]["hateful.hateful"]
        assert p == pytest.approx(25 * int(verdict["item_id"]) / 255, abs=0.01)
        assert verdict["is_hateful"] == (p >= 0.5)
        assert verdict["is_contradiction"] is None
        expected = "flag" if p >= 0.6 else "review" if p >= 0.4 else "clear"
        assert verdict["decision"] == expected
    reviewed = {v["item_id"] for v in run.verdicts if v["decision"] == "review"}
    banded = {r["item_id"] for r in run.reviews if "review_band:is_hateful" in r["reasons"]}
    assert banded == reviewed
    assert {entry["texts"]["text"] for entry in run.reviews} >= {f"meme {i}" for i in reviewed}


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


def test_kinds_formats_and_files_mix_and_ids_survive(
    score: Score, pictures: Path, tmp_path: Path
) -> None:
    big = 1357120306201124864
    pairs = write_pairs(
        pictures / "pairs.csv",
        [[big, 'two\n"lines"', "1.png", big + 1, "b", "2.png", "Implies"]],
    )
    zipped = tmp_path / "more.jsonl.gz"
    zipped.write_bytes(gzip.compress(json.dumps(memes(1)[0]).encode()))
    table = pa.table({"id": [big + 2], "img": [b"no image"], "text": ["in parquet"]})
    pq.write_table(table, tmp_path / "rows.parquet")
    run = score(
        "--input", pairs, str(zipped), "--input", str(tmp_path / "*.parquet"),
        "--format", "jsonl", "--image_root", str(pictures),
    )  # fmt: skip
    by_id = {verdict["item_id"]: verdict for verdict in run.verdicts}
    assert set(by_id) == {f"{big}:{big + 1}", "0", str(big + 2)}
    assert by_id[f"{big}:{big + 1}"]["label"] == "Implies"
    assert by_id[f"{big}:{big + 1}"]["modalities"] == ["text_1", "text_2", "image_1", "image_2"]
    assert by_id[str(big + 2)]["images"][0]["code"] == "unsupported_format"


def test_equal_items_are_scored_once_and_each_row_has_its_verdict(
    score: Score, pictures: Path
) -> None:
    rows: list[Any] = [{"id": index, "img": "3.png", "text": "same"} for index in range(40)]
    run = score("--input", write_jsonl(pictures / "memes.jsonl", [*rows, *memes(5)]))
    assert (run.account["scored"], run.account["duplicates"]) == (6, 39)
    assert len(run.verdicts) == 45


def test_people_see_a_content_once_however_many_rows_have_it(
    score: Score, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[Any] = [{"id": f"{9 - i}", "img": "5.png", "text": "same"} for i in range(8)]
    run = score("--input", write_jsonl(pictures / "memes.jsonl", [*rows, *memes(1, start=16)]))
    assert {v["decision"] for v in run.verdicts if v["item_id"] != "16"} == {"review"}
    [entry] = [entry for entry in run.reviews if entry["texts"]["text"] == "same"]
    assert (entry["copies"], entry["item_id"], entry["row"]) == (8, "9", 1)
    summary = capsys.readouterr().out
    assert "raised: " in summary
    assert f"{run.path}/review_queue/ ({len(run.reviews)} distinct item" in summary
    assert len({v["scored_at"] for v in run.verdicts if v["content_key"] == _key_of(run)}) == 1


def _key_of(run: Any) -> str:
    keys = [verdict["content_key"] for verdict in run.verdicts]
    return max(set(keys), key=keys.count)


def test_a_file_that_cannot_be_read_is_one_letter_and_the_run_goes_on(
    score: Score, pictures: Path
) -> None:
    good = write_jsonl(pictures / "memes.jsonl", memes(3))
    bad = pictures / "bad.parquet"
    bad.write_bytes(b"PAR1 nonsense PAR1")
    run = score("--input", good, str(bad))
    assert (run.code, run.account["scored"], run.account["dead_lettered"]) == (0, 3, 1)
    [letter] = run.letters
    assert (letter["source"], letter["row"], letter["code"]) == (str(bad), None, "unreadable_file")


def test_dead_letters_are_taken_as_input_once_the_cause_is_gone(
    score: Score, pictures: Path
) -> None:
    source = write_jsonl(pictures / "memes.jsonl", memes(4))
    (pictures / "3.png").rename(pictures / "hidden.png")
    model = export_fake_entailment(pictures / "needs_images")
    pair = ["1", "a", "3.png", "2", "b", "1.png", "Implies"]
    pairs = write_pairs(pictures / "pairs.csv", [pair])
    flags = ["--model", model, "--labels", "Contradictory,Implies,NoEntailment"]
    first = score("--input", source, pairs, *flags)
    assert first.account["scored"] == 0
    lost = [letter for letter in first.letters if letter["kind"] == "tweet_pair"]
    assert [(letter["code"], letter["stage"]) for letter in lost] == [("not_found", "fetch")]
    refused = {letter["code"] for letter in first.letters if letter["kind"] == "meme"}
    assert refused == {Code.UNSUPPORTED_KIND.value}
    (pictures / "hidden.png").rename(pictures / "3.png")
    again = score("--input", str(first.path / "dead_letters"), *flags, run_id="again")
    assert [verdict["item_id"] for verdict in again.verdicts] == ["1:2"]
    assert again.account["dead_lettered"] == 4


def test_one_item_that_breaks_the_model_costs_itself_alone(score: Score, pictures: Path) -> None:
    Image.new("RGB", (40, 30), (POISON,) * 3).save(pictures / "poison.png")
    pairs = [[i, f"a{i}", "1.png", i + 1, f"b{i}", "2.png", ""] for i in range(20)]
    pairs[7][2] = "poison.png"
    model = export_poison(pictures / "poison")
    run = score(
        "--input", write_pairs(pictures / "pairs.csv", pairs), "--model", model,
        "--labels", "Contradictory,Implies,NoEntailment", "--batch_size", "8",
    )  # fmt: skip
    assert run.code == 0
    assert (run.account["scored"], run.account["dead_lettered"]) == (19, 1)
    [letter] = run.letters
    assert (letter["row"], letter["stage"], letter["code"]) == (8, "infer", "model_error")
    assert "secret" not in letter["message"]


def test_the_limit_reads_the_first_rows_of_the_sorted_files(score: Score, pictures: Path) -> None:
    write_jsonl(pictures / "a.jsonl", memes(6))
    write_jsonl(pictures / "b.jsonl", memes(6, start=6))
    run = score("--input", str(pictures / "*.jsonl"), "--limit", "8")
    assert run.account["read"] == 8
    assert {int(verdict["item_id"]) for verdict in run.verdicts} == set(range(8))


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


def test_secrets_in_urls_reach_no_file_of_the_run(score: Score, tmp_path: Path) -> None:
    url = "http://127.0.0.1:9/a.png?token=hunter2"
    rows: list[Any] = [{"id": 1, "img": url, "text": "t"}, f'{{"img": "{url}"', {"img": url}]
    run = score("--input", write_jsonl(tmp_path / "memes.jsonl", rows))
    assert run.account["read"] == 3
    [verdict] = run.verdicts
    assert verdict["images"][0]["reference"] == "http://127.0.0.1:9/a.png"
    for file in run.path.rglob("*"):
        if file.is_file() and file.suffix != ".parquet":
            assert "hunter2" not in file.read_text(), file


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
