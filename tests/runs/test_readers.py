"""Readers in a process of their own, while one run takes another's place again and again."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from glob import glob
from pathlib import Path

import pytest

from moderation.runs.claim import claimed
from moderation.runs.directory import RunDirectory
from moderation.runs.leftovers import clear
from tests.faults.dying import forked
from tests.faults.store import Store
from tests.runs.committing import commit_run, rows

POLICIES = ("0", "1", "2", "3", "4", "5")


def start(output: str, policy: str) -> None:
    directory = RunDirectory(output, "t")
    with claimed(directory):
        clear(directory, overwrite=True)
        commit_run(directory, policy, parts=1)


def by_pattern(run: str) -> set[str]:
    """As a program reads that knows nothing of manifests."""
    [path] = glob(f"{run}/verdicts/*")
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    return {json.loads(line)["policy_version"] for line in lines}


def watch(read: Callable[[str], set[str]], run: str) -> None:
    """Look until told to stop; every look must find one whole run, and not always the same."""
    stopped, seen = [], set[str]()
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    while not stopped:
        [policy] = read(run)
        seen.add(policy)
    assert len(seen) > 1, seen


def expect_whole(read: Callable[[str], set[str]], output: str) -> None:
    start(output, "first")
    reader = forked(lambda: watch(read, f"{output}/run_id=t"))
    try:
        for policy in POLICIES:
            start(output, policy)
    finally:
        os.kill(reader, signal.SIGTERM)
        _, status = os.waitpid(reader, 0)
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize("read", [rows, by_pattern])
def test_who_reads_a_run_that_is_replaced_finds_one_of_the_two_whole(
    tmp_path: Path, read: Callable[[str], set[str]]
) -> None:
    expect_whole(read, str(tmp_path))


def test_in_a_store_the_marker_leads_to_one_of_the_two_whole(store: Store) -> None:
    expect_whole(rows, store.path("out"))
