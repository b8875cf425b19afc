from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.command.door import door_options
from pipelines.score.__main__ import main
from pipelines.score.options import ScoreOptions


def test_secrets_in_flags_reach_neither_the_terminal_nor_the_manifest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = "https://user:hunter2@h.example/a.csv?sig=hunter2"
    for flag in ("--batch_size", "--input", "--model"):
        with pytest.raises(SystemExit):
            main([flag, secret])
        assert "hunter2" not in capsys.readouterr().err
    options, _ = ScoreOptions.parse(["--egress_proxy", "http://user:hunter2@h.example:80"])
    assert "hunter2" not in str(options.as_dict())
    assert options.as_dict()["egress_proxy"] == "http://h.example:80"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--input", "/no/such/*.jsonl"], "matches no file"),
        (["--max_dead_leter_ratio", "0.1"], "did you mean --max_dead_letter_ratio"),
        (["--vrsion"], "did you mean --version"),
        (
            ["--runner=DirectRuner"],
            "'DirectRuner' is no runner: did you mean DirectRunner",
        ),
        (["--runner=Nothing"], "Beam has DataflowRunner"),
        (["--direct_num_workers=many"], "a flag of Beam's"),
        (["posts.jsonl"], "as in --input posts.jsonl"),
        (["--model", "/no/such/model"], "/no/such/model"),
        (["--policy", "/no/such/policy.yaml"], "cannot be read"),
        (["--output", "/proc/version/x"], "no folder that can be written to"),
        (["--output", "/proc/x"], "/proc is no folder that can be written to"),
        (["--egress_proxy", "proxy:3128"], "write it as in http://proxy.example:3128"),
        (["--overwrite", "--polcy", "p"], "'--polcy' is neither a flag of ours"),
        (["--h"], "did you mean --help?"),
        (["--keep_text"], "--keep_text keeps what --ocr auto reads"),
        (["--deny_hosts", "not a host!"], "deny_hosts"),
    ],
)
def test_what_cannot_be_used_ends_with_2_before_anything_is_written(
    flags: list[str], words: str, tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    defaults = {"--output": str(tmp_path / "runs"), "--model": model}
    argv = [part for name, value in defaults.items() if name not in flags for part in (name, value)]
    assert main([*argv, *flags]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("flag", ["--input", "--output", "--policy", "--model"])
def test_a_place_of_an_unknown_scheme_ends_with_2(
    flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([flag, "nosuch://bucket/x.jsonl"])
    assert "nosuch:// is not known here" in capsys.readouterr().err


def test_paths_are_kept_so_that_they_hold_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    flags = ["--input", "a/*.jsonl", "gs://b/x.csv", "--output", "o", "--policy", "p.yaml"]
    kept = ScoreOptions.parse(flags)[0].as_dict()
    assert kept["input"] == [f"{tmp_path}/a/*.jsonl", "gs://b/x.csv"]
    assert (kept["output"], kept["policy"]) == (f"{tmp_path}/o", f"{tmp_path}/p.yaml")
    assert kept["model"] == "starter"


def test_a_dry_run_checks_all_and_writes_nothing(
    tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--dry_run", "--model", model, "--output", str(tmp_path / "runs")]) == 0
    shown = capsys.readouterr().out
    assert "nothing was scored" in shown
    assert "entailment for tweet_pairs" in shown
    assert not (tmp_path / "runs").exists()


def test_a_quiet_run_says_only_its_summary(tmp_path: Path, model: str) -> None:
    flags = ["--model", model, "--output", str(tmp_path), "--run_id", "q", "--limit", "5"]
    flags.append("--no_progress")
    command = [sys.executable, "-m", "pipelines.score", "--runner=DirectRunner", *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.startswith("run q committed in")
    assert "audit.html" in done.stdout
    manifest: dict[str, Any] = json.loads((tmp_path / "run_id=q" / "manifest.json").read_text())
    assert manifest["options"]["limit"] == 5


def test_the_image_root_is_kept_so_that_it_holds_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pictures").mkdir()
    monkeypatch.chdir(tmp_path)
    options, _ = ScoreOptions.parse(["--image_root", "pictures"])
    assert options.as_dict()["image_root"] == str(tmp_path / "pictures")
    assert options.layout().image_root == str(tmp_path / "pictures")
    options, _ = ScoreOptions.parse(["--image_root", "gs://bucket/pictures"])
    assert options.as_dict()["image_root"] == "gs://bucket/pictures"


PLACES = ("gs://records/day/a.jsonl", "/local/b.jsonl", "gs://pictures/root", None)
STAGING = "gs://runs/all/run_id=t/_staging"


@pytest.mark.parametrize(
    ("flags", "buckets"),
    [
        ([], ("pictures", "records", "runs/all/run_id=t/_staging")),
        (["--image_buckets", "one, gs://two/in/"], ("one", "two/in", "runs/all/run_id=t/_staging")),
        (["--image_buckets", "any"], None),
    ],
)
def test_images_are_read_from_the_records_buckets_unless_others_are_named(
    flags: list[str], buckets: tuple[str, ...] | None
) -> None:
    options, _ = ScoreOptions.parse(flags)
    assert door_options(options, places=(*PLACES, STAGING)).image_buckets == buckets


def test_local_records_open_no_bucket() -> None:
    options, _ = ScoreOptions.parse([])
    assert door_options(options, places=("/a.jsonl", None, "/r/_staging")).image_buckets == ()


def test_the_versions_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    told = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert told.keys() >= {"python", "moderation-pipeline", "apache-beam", "tensorflow"}


def test_a_run_says_something_before_its_libraries_load(
    tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--dry_run", "--model", model, "--output", str(tmp_path)]) == 0
    assert capsys.readouterr().err.startswith("score: loading Beam")
