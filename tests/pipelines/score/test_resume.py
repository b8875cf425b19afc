"""A run that ended before its commit goes on, and scores nothing again that is in its journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from moderation.models.bundle import open_bundle
from moderation.runs.directory import RunDirectory
from moderation.runs.journal import Journal
from moderation.runs.journal_files import judged_items
from moderation.verdicts.judgement import Judgement
from tests.models.fakes import export_both_kinds
from tests.pipelines.score.test_slices import comparable
from tests.pipelines.scoring import Finished, Score, memes, write_jsonl


def journal_of(run: Finished, model: str) -> dict[str, Judgement]:
    """What the run's journal says of each item."""
    directory = RunDirectory(str(run.path.parent), run.path.name.removeprefix("run_id="))
    journal = Journal(directory.journal, open_bundle(model).fingerprint)
    entries = [entry for batch in journal.read(journal.files()) for entry in batch]
    return {key.hex(): Judgement.of_stored(key.hex(), data) for key, data in entries}


def refused(score: Score, source: str, *flags: str, run_id: str = "t") -> Finished:
    """A start that judged its rows and was not committed: its budget for letters was broken."""
    run = score("--input", source, "--max_dead_letter_ratio", "0", *flags, run_id=run_id)
    assert run.code == 3
    return run


def scored_at(run: Finished) -> dict[str, str]:
    return {verdict["content_key"]: verdict["scored_at"] for verdict in run.verdicts}


def test_what_is_in_the_journal_is_not_scored_again(
    score: Score, pictures: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(pictures / "memes.jsonl", ["broken", *memes(12), *memes(12)])
    first = refused(score, source, "--limit", "9")
    assert "8 judged items are safe" in capsys.readouterr().err
    known = journal_of(first, model)
    assert len(known) == 8
    again = score("--input", source)
    assert "run t goes on: 8 judged items are in its journal" in capsys.readouterr().err
    assert again.account == {
        "read": 25, "scored": 12, "reused": 0, "duplicates": 12, "dead_lettered": 1, "lost": 0,
    }  # fmt: skip
    times = scored_at(again)
    assert {key: times[key] for key in known} == {k: j.scored_at for k, j in known.items()}
    assert not (again.path / "_staging").exists()
    whole = score("--input", source, run_id="undisturbed")
    assert comparable(again.verdicts) == comparable(whole.verdicts)
    assert comparable(again.reviews) == comparable(whole.reviews)


def test_another_model_judges_anew(
    score: Score, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(pictures / "memes.jsonl", ["broken", *memes(5)])
    refused(score, source)
    other = Path(export_both_kinds(tmp_path / "other"))
    card = (other / "card.json").read_text()
    (other / "card.json").write_text(card.replace('"version": "', '"version": "9'))
    again = score("--input", source, "--model", str(other))
    assert "5 in its journal were judged by another model" in capsys.readouterr().err
    assert again.account["scored"] == 5
    assert {v["model_fingerprint"] for v in again.verdicts} == {open_bundle(str(other)).fingerprint}


def test_resume_finds_the_newest_run_that_was_not_committed(
    score: Score, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(pictures / "memes.jsonl", ["broken", *memes(3)])
    argv = ["--input", source, "--resume", "--output", str(tmp_path / "runs")]
    assert _main(argv) == 2
    assert "no run under --output" in capsys.readouterr().err
    refused(score, source, run_id="z")
    refused(score, source, run_id="a")
    assert score("--input", source, run_id="m").code == 0
    assert _main(argv) == 0
    assert (tmp_path / "runs" / "run_id=a" / "_SUCCESS").exists()
    assert not (tmp_path / "runs" / "run_id=z" / "_SUCCESS").exists()


def _main(argv: list[str]) -> int:
    from pipelines.score.__main__ import main

    return main(["--runner=DirectRunner", *argv])


def test_resume_of_a_committed_run_is_a_success_that_does_nothing(
    score: Score, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(pictures / "memes.jsonl", memes(3))
    run = score("--input", source)
    before = {file: file.read_bytes() for file in run.path.rglob("*") if file.is_file()}
    capsys.readouterr()
    assert score("--input", source, "--resume").code == 0
    out, err = capsys.readouterr()
    assert "was committed before, nothing is left to do" in err
    assert "read 3 = scored 3" in out
    assert {file: file.read_bytes() for file in run.path.rglob("*") if file.is_file()} == before
    assert score("--input", source).code == 2
    told = capsys.readouterr().err
    assert "--overwrite" in told
    assert "--resume" in told
    assert score("--input", source, "--resume", "--overwrite").code == 2


def test_a_journal_file_that_was_cut_is_passed_over(
    score: Score, pictures: Path, model: str
) -> None:
    rows: list[Any] = ["broken", *memes(6)]
    source = write_jsonl(pictures / "memes.jsonl", rows)
    first = refused(score, source)
    [file] = (first.path / "_staging" / "journal").glob("*.arrow")
    file.write_bytes(file.read_bytes()[:-9])
    (file.parent / f"{file.name}.0123").write_bytes(b"a draft")
    assert judged_items(str(file.parent)) == 6  # by its name
    again = score("--input", source)
    assert (again.code, again.account["scored"]) == (0, 6)
