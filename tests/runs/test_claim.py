"""Two starts of one run: never two at once, and a dead one is in nobody's way."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from moderation.runs import closing
from moderation.runs.claim import RunClaimed, claimed, seal
from moderation.runs.directory import RunDirectory
from schemas.manifest import Manifest

MANIFEST = Manifest(
    run_id="t",
    status="committed",
    refusal=None,
    started_at="",
    finished_at="",
    inputs=[],
    outputs=[],
    options={},
    versions={},
    model_name="",
    model_fingerprint="",
    policy_version="",
    policy_digest="",
)

HOLD = """
import sys, time
from moderation.runs.claim import claimed
from moderation.runs.directory import RunDirectory
with claimed(RunDirectory(sys.argv[1], "t")):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_start_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n"
        second = RunDirectory(str(tmp_path), "t")
        refused = pytest.raises(RunClaimed, match=rf"process {holder.pid} on .* another id")
        with refused, claimed(second):
            pass
        with claimed(RunDirectory(str(tmp_path), "other")):  # another id is free
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with claimed(second):  # and so is a killed one's
            assert seal(second)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_a_claim_ends_with_its_block(tmp_path: Path) -> None:
    for _ in range(2):
        with claimed(RunDirectory(str(tmp_path), "t")):
            pass


def test_a_later_start_takes_what_an_earlier_one_must_then_not_commit(tmp_path: Path) -> None:
    earlier, later = RunDirectory(str(tmp_path), "t"), RunDirectory(str(tmp_path), "t")
    assert earlier == later
    with claimed(earlier):
        assert seal(earlier)
    with claimed(later):
        assert seal(later)
        assert not seal(earlier)
        with pytest.raises(closing.RunRefused, match="taken by a later start"):
            closing.close(earlier, MANIFEST)
        closing.close(later, MANIFEST)
    assert later.committed
    assert not (tmp_path / "run_id=t" / "_claim").exists()


def test_a_directory_that_nobody_claimed_is_everybodys(tmp_path: Path) -> None:
    assert seal(RunDirectory(str(tmp_path), "t"))


def test_a_claim_whose_file_holds_nonsense_is_nobodys_and_can_be_taken(tmp_path: Path) -> None:
    directory = RunDirectory(str(tmp_path), "t")
    (tmp_path / "run_id=t").mkdir()
    (tmp_path / "run_id=t" / "_claim").write_bytes(b"\xff{")
    assert not seal(directory)
    with claimed(directory):
        assert seal(directory)
