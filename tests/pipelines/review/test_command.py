"""What the command refuses, and what it says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.review.__main__ import main
from tests.pipelines.review.runs import ROOT, Server, reviewable


def refused(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert main(list(argv)) == 2
    return capsys.readouterr().err


def test_a_run_that_is_none_or_not_committed_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "matches no directory" in refused(capsys, str(tmp_path / "nowhere"))
    run = reviewable(tmp_path, 2)
    assert "Name the runs in it" in refused(capsys, str(tmp_path / "runs"))
    (run / "_SUCCESS").unlink()
    assert "is not committed" in refused(capsys, str(run))


def test_a_queue_without_an_item_says_where_items_come_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = reviewable(tmp_path, 1)
    [queue] = run.glob("review_queue/*")
    queue.write_text("")
    assert "nothing for people" in refused(capsys, str(run))


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--decisions", "{run}/d.jsonl"), "lies in the run"),
        (("--decisions", "gs://bucket/d.jsonl"), "a store has no file"),
        (("--decisions", "{folder}"), "is a folder"),
        (("--second_opinion", ".1"), "did you mean --second_opinions"),
    ],
)
def test_flags_that_cannot_be_used_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...], told: str
) -> None:
    run = reviewable(tmp_path, 1)
    given = [flag.format(run=run, folder=tmp_path) for flag in flags]
    assert told in refused(capsys, str(run), *given)


def test_a_broken_decisions_file_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = reviewable(tmp_path, 1)
    path = tmp_path / "d.jsonl"
    path.write_text("[]\n{}\n")
    assert "line 1 is no decision" in refused(capsys, str(run), "--decisions", str(path))


def test_a_second_server_and_a_stop_by_ctrl_c(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = reviewable(tmp_path, 3)
    server = Server(str(run))
    try:
        assert server.said[0] == "run night: 3 items for people; 0 decided"
        assert "open in another process" in refused(capsys, str(run))
        port = server.origin.rpartition(":")[2]
        other = ("--decisions", str(tmp_path / "other.jsonl"), "--port", port)
        assert f"--port {port}: " in refused(capsys, str(run), *other)
        server.process.send_signal(signal.SIGINT)
        _, told = server.process.communicate(timeout=30)
    finally:
        server.kill()
    assert server.process.returncode == 130
    assert "every decision is in" in told
    assert (tmp_path / "runs" / "decisions" / "night.jsonl").read_text() == ""


def test_neither_beam_nor_tensorflow_is_loaded_to_serve_a_local_run() -> None:
    code = (
        "import sys, pipelines.review.job, pipelines.review.plan\n"
        "print([n for n in ('apache_beam', 'tensorflow', 'pyarrow', 'pandas') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr
