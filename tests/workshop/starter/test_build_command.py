"""The command that builds the built-in bundle: what it refuses, and how it says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from moderation.runs.claim import held
from workshop.starter import build


def _told(argv: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = build.main([*argv, "--no_progress"])
    return code, capsys.readouterr().err


def test_a_folder_that_holds_something_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine", "utf-8")
    code, told = _told(["--examples", "e", "--encoder", "m", "--output", str(tmp_path / "out")],
                       capsys)  # fmt: skip
    assert code == build.USAGE
    assert "not empty: name another --output" in told
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_what_is_no_set_of_examples_fails_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "nothing"
    code, told = _told(["--examples", str(folder), "--encoder", "m", "--output",
                        str(tmp_path / "out")], capsys)  # fmt: skip
    assert code == build.FAILED
    assert str(folder) in told
    assert not (tmp_path / "out").exists()


def test_two_builds_of_one_bundle_are_kept_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    with held(str(build.lock_of(out)), what="--output"):
        code, told = _told(["--examples", "e", "--encoder", "m", "--output", str(out)], capsys)
    assert code == build.USAGE
    assert "--output" in told


@pytest.mark.parametrize(
    ("flags", "told"),
    [(["--output", "o"], "--examples"), (["--output", "o", "--epochs", "3"], "--epochs")],
)
def test_flags_that_are_missing_or_of_another_command_are_one_line(
    flags: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    known = [] if told == "--examples" else ["--examples", "e"]
    with pytest.raises(SystemExit) as ended:
        build.main([*known, "--encoder", "m", *flags])
    said = capsys.readouterr().err
    assert ended.value.code == build.USAGE
    assert told in said
    assert len(said.splitlines()) == 1


def test_help_needs_no_tensorflow() -> None:
    code = (
        "import sys; from workshop.starter import build\n"
        "try: build.main(['--help'])\nexcept SystemExit: pass\n"
        "assert not {'tensorflow', 'keras', 'apache_beam'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
