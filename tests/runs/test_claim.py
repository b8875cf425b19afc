"""Two starts of one run: never two at once, and a dead one is in nobody's way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from moderation.runs import commit
from moderation.runs.claim import RunClaimed, claimed, held, seal
from moderation.runs.destination import destination_of
from moderation.runs.directory import RunDirectory
from moderation.runs.leftovers import clear
from tests.runs.manifests import MANIFEST

HOLD = """
import sys, time
from moderation.runs.claim import claimed
from moderation.runs.destination import destination_of
from moderation.runs.directory import RunDirectory
from moderation.runs.leftovers import clear
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
        refused = pytest.raises(RunClaimed, match=rf"process {holder.pid} on .* another run_id")
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
        with pytest.raises(commit.RunRefused, match="taken by a later start"):
            commit.mark(destination_of(earlier), MANIFEST)
        commit.mark(destination_of(later), MANIFEST)
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


def test_what_was_committed_stays_its_launchers_until_it_was_read(tmp_path: Path) -> None:
    first, second = RunDirectory(str(tmp_path), "t"), RunDirectory(str(tmp_path), "t")
    with claimed(first):
        commit.mark(destination_of(first), MANIFEST)
        with pytest.raises(RunClaimed), claimed(second):
            pass
    assert not (tmp_path / "run_id=t" / "_claim").exists()
    with claimed(second):
        clear(second, overwrite=True)
    assert first.committed  # until the second commits


def test_a_job_that_outlives_its_launcher_gives_the_claim_up_itself(tmp_path: Path) -> None:
    directory = RunDirectory(str(tmp_path), "t")
    with claimed(directory) as claim:
        claim.keep()
    assert (tmp_path / "run_id=t" / "_claim").exists()
    commit.mark(destination_of(directory), MANIFEST)
    assert not (tmp_path / "run_id=t" / "_claim").exists()


def test_a_folder_is_held_by_one_and_left_as_it_was(tmp_path: Path) -> None:
    work = tmp_path / "work"
    with held(str(work), what="--output 'model'"):
        told = r"^--output 'model': process \d+ .* choose another --output$"
        with pytest.raises(RunClaimed, match=told), held(str(work), what="--output 'model'"):
            pass
        assert (work / "_claim").exists()
    assert not work.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is barred to root")
def test_a_folder_that_is_barred_meanwhile_is_no_failure_and_keeps_no_lock(
    tmp_path: Path,
) -> None:
    directory = RunDirectory(str(tmp_path), "t")
    run = tmp_path / "run_id=t"
    claim = claimed(directory)
    claim.__enter__()
    run.chmod(0o500)
    assert not claim.__exit__(None, None, None)
    run.chmod(0o700)
    with claimed(RunDirectory(str(tmp_path), "t")):
        pass
    assert not (run / "_claim").exists()
