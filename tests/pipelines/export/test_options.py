from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.command.usage import UsageError
from pipelines.export.__main__ import main
from pipelines.export.options import ExportOptions, parse_moment
from schemas.records import Kind


def test_help_needs_neither_beam_nor_tensorflow_and_groups_our_flags() -> None:
    code = (
        "import sys, pipelines.export.__main__ as e\n"
        "try: e.main(['--help'])\n"
        "except SystemExit as s: assert s.code == 0\n"
        "heavy = {'apache_beam', 'tensorflow', 'numpy', 'pyarrow', 'nltk'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for heading in ("verdicts and decisions in:", "selection:", "held-out items", "Beam:"):
        assert heading in done.stdout
    assert "exit codes" in done.stdout


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--pseudo_label_above", "1.5"], "between 0 and 1"),
        (["--min_reviewers", "0"], "between 1 and"),
        (["--max_per_source", "none"], "no whole number"),
        (["--exclude_text_similarity", "0.2"], "between 0.5 and 1"),
        (["--since", "last week"], "ISO 8601, as in 2026-01-31"),
        (["--tasks", "video=x"], "write KIND=TASK"),
        (["--keep_columns", "lang,text"], "'text' is a column that the set writes itself"),
        (["--keep_columns", "lang,lang"], "named twice"),
        (["--exclude_columns", "words=body"], "no field 'words'"),
        (["--images", "link"], "invalid choice"),
        (["--run_id", "../up"], "use letters"),
    ],
)
def test_a_wrong_value_is_told_with_its_flag_and_reason(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--run", "r", "--decisions", "d.jsonl", *flags])
    message = capsys.readouterr().err
    assert stopped.value.code == 2
    assert flags[0] in message
    assert words in message


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ([], "nothing to label with: give reviewers' --decisions, or --pseudo_label_above"),
        (["--decisions", "d", "--overwrite"], "give --run_id too"),
        (["--decisions", "d", "--since", "2026-02-01", "--until", "2026-01-01"], "not before"),
        (["--decisions", "d", "--exclude_image_root", "x"], "give --exclude too"),
    ],
)
def test_flags_that_do_not_fit_together_are_refused_with_a_remedy(
    flags: list[str], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        ExportOptions.parse(["--run", "r", *flags])


def test_a_run_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--decisions", "d.jsonl"]) == 2
    assert "--run is missing: name committed runs" in capsys.readouterr().err
    assert main(["runs"]) == 2
    assert "as in --run runs" in capsys.readouterr().err


def test_runs_and_decisions_may_be_repeated_and_listed() -> None:
    options, rest = ExportOptions.parse(
        ["--run", "a", "b", "--run", "c", "--decisions", "d", "--decisions", "e", "--streaming"]
    )
    assert [os.path.relpath(path) for path in options.run] == ["a", "b", "c"]
    assert [os.path.relpath(path) for path in options.decisions] == ["d", "e"]
    assert rest == ["--streaming"]


def test_moments_are_taken_with_any_offset_and_none() -> None:
    assert parse_moment("2026-01-31") == "2026-01-31T00:00:00.000000+00:00"
    assert parse_moment("2026-01-31T01:00:00+02:00") == "2026-01-30T23:00:00.000000+00:00"
    assert parse_moment("2026-01-31T01:00:00Z") == "2026-01-31T01:00:00.000000+00:00"


def test_options_for_the_manifest_are_plain_values() -> None:
    options, _ = ExportOptions.parse(
        ["--run", "r", "--decisions", "d", "--keep_columns", "lang, created_at"]
    )
    written = json.loads(json.dumps(options.as_dict()))
    assert written["keep_columns"] == ["lang", "created_at"]
    assert written["run"] == [os.path.abspath("r")]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--run", "{tmp}/none"], "matches no directory"),
        (["--run", "{tmp}"], "is not committed"),
        (["--decisions", "{tmp}/none.jsonl"], "--decisions"),
        (["--reviewer_key_file", "{tmp}/short"], "too short"),
        (["--previous", "{tmp}"], "--previous"),
        (["--exclude", "{tmp}/none.csv"], "--exclude"),
        (["--no_such_flag"], "neither a flag of ours nor of Beam's"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_makes_no_directory(
    flags: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.exports.committed import commit

    run = commit(tmp_path / "runs", "good")
    (tmp_path / "d.jsonl").write_text("")
    (tmp_path / "short").write_text("abc")
    given = [flag.replace("{tmp}", str(tmp_path)) for flag in flags]
    argv = ["--run", str(run), "--decisions", str(tmp_path / "d.jsonl")]
    if given[0] == "--run":
        argv = argv[2:]
    assert main([*argv, "--output", str(tmp_path / "sets"), *given]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "sets").exists()


def test_tasks_name_the_question_of_a_kind() -> None:
    from pipelines.command.values import parse_tasks

    assert parse_tasks("meme=spam") == {Kind.MEME: "spam"}
