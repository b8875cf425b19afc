from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.evaluate.__main__ import main


def test_help_needs_neither_beam_nor_tensorflow_and_groups_our_flags() -> None:
    code = (
        "import sys, pipelines.evaluate.__main__ as e\n"
        "try: e.main(['--help'])\n"
        "except SystemExit as s: assert s.code == 0\n"
        "heavy = {'apache_beam', 'tensorflow', 'numpy', 'sklearn', 'matplotlib'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for heading in ("what the model said:", "what is true:", "figures:", "evaluation out:"):
        assert heading in done.stdout
    assert "exit codes" in done.stdout


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--slice_by", "lang,lang"], "named twice"),
        (["--max_slices", "0"], "between 1 and"),
        (["--replicates", "3"], "between 40 and"),
        (["--replicates", "many"], "no whole number"),
        (["--submission_threshold", "2"], "between 0 and 1"),
        (["--min_coverage", "-1"], "between 0 and 1"),
        (["--tasks", "video=x"], "write KIND=TASK"),
        (["--columns", "words=body"], "no field 'words'"),
        (["--record_kind", "video"], "invalid choice"),
        (["--run_id", "../up"], "use letters"),
    ],
)
def test_a_wrong_value_is_told_with_its_flag_and_reason(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--verdicts", "r", "--labels", "l.jsonl", *flags])
    message = capsys.readouterr().err
    assert stopped.value.code == 2
    assert flags[0] in message
    assert words in message


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ([], "neither is given"),
        (["--verdicts", "r", "--scores", "s.csv"], "both are given"),
        (["--scores", "s.csv"], "give --labels or --examples too"),
        (["--verdicts", "r", "--labels", "l", "--examples", "e"], "give one of them"),
        (["--verdicts", "r", "--overwrite"], "give --run_id too"),
        (
            ["--verdicts", "r", "--submission_for", "t", "--tasks", "tweet_pair=x"],
            "a submission needs the memes' task",
        ),
    ],
)
def test_flags_that_do_not_go_together_are_told(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags) == 2
    assert words in capsys.readouterr().err


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
