"""Dead letters of a run as the input of the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipelines.evaluate.__main__ import main as evaluate
from pipelines.export.__main__ import main as export
from pipelines.verify.__main__ import main as verify
from schemas.verdicts import DeadLetter
from tests.faults.server import FaultServer
from tests.models.fakes import export_fake_entailment
from tests.pipelines.exports import Exported, decision
from tests.pipelines.preprocessing import Preprocess
from tests.pipelines.score.pairs import write_pairs
from tests.pipelines.scoring import Finished, Score, memes, write_jsonl

LABELS = "Contradictory,Implies,NoEntailment"


def letters_of(run: Finished) -> str:
    return str(run.path / "dead_letters")


def open_rows(*runs: Finished) -> list[tuple[str, int | None]]:
    """Where every outcome of a run and of those that drove its letters came from."""
    verdicts = [(each["source"], each["row"]) for run in runs for each in run.verdicts]
    return sorted(verdicts + [(each["source"], each["row"]) for each in runs[-1].letters])


@pytest.fixture
def flags(pictures: Path) -> list[str]:
    model = export_fake_entailment(pictures / "needs_images")
    return ["--model", model, "--labels", LABELS, "--image_retries", "0", "--image_timeout_s", "2"]


def test_a_chain_of_runs_has_one_outcome_a_row_and_letters_keep_their_history(
    score: Score, pictures: Path, fault_server: FaultServer, flags: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    late = fault_server.url("/flaky/2/503/late")
    ports = str(urlsplit(late).port)
    flags = [*flags, "--allow_private_hosts", "--allowed_ports", ports]
    source = write_pairs(
        pictures / "pairs.csv",
        [
            ["1", "a", "0.png", "2", "b", "1.png", ""],
            ["3", "a", late, "4", "b", "1.png", ""],
            ["5", "a", "gone.png", "6", "b", "1.png", ""],
        ],
    )
    first = score("--input", source, *flags, run_id="first")
    assert sorted(letter["code"] for letter in first.letters) == ["not_found", "server_error"]

    third = score("--input", letters_of(first), *flags, "--allow_empty", run_id="third")
    failed, passed = sorted(third.letters, key=lambda letter: letter["row"])
    assert (failed["code"], failed["attempts"], failed["row"]) == ("server_error", 2, 2)
    assert failed["history"] == {
        "runs": 2,
        "first_run_id": "first",
        "first_code": "server_error",
        "first_at": first.json("manifest.json")["started_at"],
        "parent_run_id": "first",
        "passed_on": False,
    }
    assert (passed["code"], passed["attempts"], passed["history"]["passed_on"]) == (
        "not_found",
        1,
        True,
    )
    capsys.readouterr()
    fourth = score(
        "--input", letters_of(third), *flags, "--max_dead_letter_ratio", "0", run_id="fourth"
    )
    assert fourth.code == 0
    assert "letters of third: 1 driven again, 1 passed on" in capsys.readouterr().out
    parent = {
        "run_id": "third",
        "path": str(third.path),
        "committed": True,
        "letters": 2,
        "passed_on": 1,
    }
    assert fourth.json("manifest.json")["parents"] == [parent]
    assert fourth.json("audit.json")["parents"] == [parent]
    assert [each["item_id"] for each in fourth.verdicts] == ["3:4"]
    assert open_rows(first, third, fourth) == [(source, row) for row in (1, 2, 3)]
    for letter in fourth.letters:
        DeadLetter.model_validate(letter)


def test_all_drives_final_letters_too_and_both_runs_are_read_as_one(
    score: Score, pictures: Path, tmp_path: Path, flags: list[str]
) -> None:
    source = write_jsonl(pictures / "memes.jsonl", [*memes(2), "broken"])
    bad = pictures / "bad.parquet"
    bad.write_bytes(b"PAR1 nonsense PAR1")
    (pictures / "3.png").rename(pictures / "hidden.png")
    pairs = write_pairs(
        pictures / "pairs.csv",
        [
            ["1", "a", "0.png", "2", "b", "1.png", "Implies"],
            *([["3", "a", "3.png", "4", "c", "1.png", "Implies"]] * 2),
        ],
    )
    first = score("--input", source, pairs, str(bad), *flags, run_id="first")
    assert first.account["dead_lettered"] == 6
    (pictures / "hidden.png").rename(pictures / "3.png")
    again = score("--input", letters_of(first), *flags, "--redrive", "all", run_id="again")
    assert [verdict["item_id"] for verdict in again.verdicts] == ["3:4", "3:4"]
    told = {
        (letter["code"], letter["row"]): letter["history"]["passed_on"] for letter in again.letters
    }
    assert told == {
        ("unsupported_kind", 1): False,
        ("unsupported_kind", 2): False,
        ("invalid_json", 3): True,
        ("unreadable_file", None): True,
    }
    assert again.json("audit.json")["unreadable"] == []
    assert (again.account["read"], again.account["dead_lettered"]) == (6, 4)
    places = [(source, 1), (source, 2), (source, 3), (pairs, 1), (pairs, 2), (pairs, 3)]
    assert open_rows(first, again) == sorted([*places, (str(bad), None)])
    assert verify([str(first.path), str(again.path)]) == 0
    _joined(tmp_path, pairs)


def _joined(tmp_path: Path, source: str) -> None:
    """A run and its re-drive make one set and one evaluation."""
    both = ("--runner=DirectRunner", "--no_progress", "--run_id", "both")
    decided = tmp_path / "decided.jsonl"
    answers = [decision(item, "Implies") for item in ("1:2", "3:4")]
    decided.write_text("".join(json.dumps(each) + "\n" for each in answers))
    runs = [str(tmp_path / "runs" / "run_id=*")]
    out = str(tmp_path / "sets")
    assert export(["--run", *runs, "--decisions", str(decided), "--output", out, *both]) == 0
    made = Exported(0, tmp_path / "sets" / "run_id=both")
    assert {item: row["provenance"]["row"] for item, row in made.rows.items()} == {
        "1:2": 1,
        "3:4": 2,
    }
    assert {row["provenance"]["source"] for row in made.rows.values()} == {source}
    assert made.report["verdicts"] == {"exported": 2, "other_verdict": 1}

    out = str(tmp_path / "evaluations")
    argv = ["--verdicts", *runs, "--labels", source, "--replicates", "40", "--output", out]
    assert evaluate([*argv, *both]) == 0
    told = json.loads((tmp_path / "evaluations" / "run_id=both" / "metrics.json").read_text())
    found = {name: rows for name, rows in told["labels"]["rows"].items() if rows}
    assert found == {"evaluated": 2, "duplicate": 1}


def test_a_set_of_examples_is_made_of_letters_by_the_same_rule(
    preprocess: Preprocess, pictures: Path
) -> None:
    rows: list[dict[str, Any] | str] = [
        {"id": 1, "img": "1.png", "text": "no label"},
        {"id": 2, "img": "2.png", "text": "labelled", "label": 1},
        {"id": 3, "img": None, "text": "no image", "label": 0},
    ]
    source = write_jsonl(pictures / "memes.jsonl", rows)
    flags = ("--missing_images", "dead_letter", "--group_by", "none")
    first = preprocess("--input", source, *flags, run_id="first")
    lost = first.path / "dead_letters"
    assert {line["code"] for line in first.lines("dead_letters")} == {"unlabelled", "no_image"}
    again = preprocess("--input", str(lost), *flags, "--redrive", "all", "--allow_empty")
    history = {line["row"]: line["history"]["runs"] for line in again.lines("dead_letters")}
    assert history == {1: 2, 3: 2}


def test_a_budget_of_one_code_ends_with_3_and_the_next_start_judges_nothing_again(
    score: Score, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(pictures / "memes.jsonl", [*memes(9), "broken"])
    flags = ("--max_dead_letter_ratio", "0.5", "--max_dead_letter_ratio")
    run = score("--input", source, *flags, "invalid_json=0.05", run_id="refused")
    assert run.code == 3
    told = capsys.readouterr().err
    assert "1 of 10 rows are dead letters of code invalid_json (10.0%), over the failure" in told
    assert (
        f"budget --max_dead_letter_ratio invalid_json=0.05; for example: {source}, row 10:" in told
    )
    assert len(run.letters) == 1
    assert not (run.path / "_SUCCESS").exists()
    manifest = json.loads((run.path / "manifest.json").read_text())
    assert "--max_dead_letter_ratio invalid_json=0.05" in manifest["refusal"]
    assert manifest["options"]["max_dead_letter_ratio"] == ["0.5", "invalid_json=0.05"]
    judged = {verdict["item_id"]: verdict["scored_at"] for verdict in run.verdicts}
    done = score("--input", source, *flags, "invalid_json=0.1", run_id="refused")
    assert done.code == 0
    assert {verdict["item_id"]: verdict["scored_at"] for verdict in done.verdicts} == judged
    assert "goes on: 9 judged items are in its journal" in capsys.readouterr().err
