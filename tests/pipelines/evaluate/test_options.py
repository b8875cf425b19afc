from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.evaluate.__main__ import main


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--scores", "missing.csv", "--labels", "l.jsonl"], "missing.csv' matches no"),
        (["--scores", "s.csv", "--labels", "missing.jsonl"], "missing.jsonl' matches"),
        (["--verdicts", "missing"], "missing' matches no directory"),
        (["--verdicts", "."], "is not committed"),
        (["--scores", "s.csv", "--labels", "l.jsonl", "--baseline", "."], "--baseline '/"),
        (["--scores", "s.csv", "--examples", "."], "holds no info.json"),
        (["--scores", "s.csv", "--labels", "notes.txt"], "the name must end in one of"),
    ],
)
def test_inputs_that_cannot_be_used_are_told_before_anything_is_read(
    flags: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("s.csv", "l.jsonl", "notes.txt"):
        (tmp_path / name).write_text("")
    assert main([*flags, "--output", "out"]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_misspelt_flag_is_told_with_the_one_that_was_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--verdicts", str(tmp_path), "--slice_buy", "lang"]) == 2
    assert "did you mean --slice_by?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "words"),
    [(["--verdict", "r"], "did you mean --verdicts?"), (["runs"], "as in --verdicts runs")],
)
def test_a_word_that_is_unknown_is_told_before_what_is_missing_for_it(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags) == 2
    assert words in capsys.readouterr().err


def test_the_folder_above_runs_leads_to_the_runs_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run_id=a").mkdir()
    (tmp_path / "run_id=a" / "_SUCCESS").write_text("{}")
    assert main(["--verdicts", str(tmp_path)]) == 2
    assert f"Name the runs in it: {tmp_path}/run_id=*" in capsys.readouterr().err
