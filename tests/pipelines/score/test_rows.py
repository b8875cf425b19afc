"""Every row has its verdict or its letter."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from tests.models.fakes import POISON, export_poison
from tests.pipelines.score.pairs import write_pairs
from tests.pipelines.scoring import Score, memes, write_jsonl


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
