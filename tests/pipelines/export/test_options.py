from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

import pytest

from pipelines.export.__main__ import main
from pipelines.export.options import ExportOptions, parse_moment
from pipelines.export.plan import make_plan
from schemas.records import Kind


def test_a_run_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--decisions", "d.jsonl"]) == 2
    assert "--run is missing: name committed runs" in capsys.readouterr().err
    assert main(["runs"]) == 2
    assert "as in --run runs" in capsys.readouterr().err


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
        (["--deny_hosts", "10.0.0.0/99"], "--deny_hosts"),
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


def test_held_out_images_are_fetched_through_the_door_as_the_flags_want_it(tmp_path: Path) -> None:
    from tests.exports.committed import commit

    run = commit(tmp_path / "runs", "good")
    (tmp_path / "d.jsonl").write_text("")
    flags = ["--run", str(run), "--decisions", str(tmp_path / "d.jsonl"), "--output", str(tmp_path)]
    flags += ["--deny_hosts", "bad.example", "--egress_proxy", "http://proxy.example:3128"]
    options, _ = ExportOptions.parse(flags)
    plan = make_plan(options, datetime.datetime.now(datetime.timezone.utc))
    assert plan.door is not None
    assert plan.door.deny_hosts == ("bad.example",)
    assert plan.door.egress_proxy == "http://proxy.example:3128"
