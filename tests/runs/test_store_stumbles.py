"""A store that answers 503: it is asked again, and where that does not help, nothing is lost."""

from __future__ import annotations

import re

import pytest

from moderation.runs.claim import claimed
from moderation.runs.directory import RunDirectory
from moderation.runs.leftovers import clear
from moderation.storage import google_store
from tests.faults.dying import in_a_process
from tests.faults.hindrance import Hindrance
from tests.faults.store import Store
from tests.runs.committing import commit_run, faults, rows


def start(output: str, policy: str) -> None:
    directory = RunDirectory(output, "t")
    with claimed(directory):
        clear(directory, overwrite=True)
        commit_run(directory, policy)


def test_every_fifteenth_request_may_fail(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    start(store.path("out"), "old")
    with Hindrance(store.url, lambda number, _: number % 15 == 0) as proxy:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", proxy.url)
        start(store.path("out"), "new")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", store.url)
    assert proxy.hindered > 2
    run = store.path("out/run_id=t")
    assert (rows(run), faults(run)) == ({"new"}, [])


def test_the_marker_replaces_the_one_that_was_there_and_no_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for policy, condition in (("old", "ifGenerationMatch=0"), ("new", "ifGenerationMatch=1")):
        with Hindrance(store.url, lambda number, line: False) as proxy:
            monkeypatch.setenv("STORAGE_EMULATOR_HOST", proxy.url)
            start(store.path("out"), policy)
        (marked,) = [line for line in proxy.requests if "_SUCCESS?" in line and "rewrite" in line]
        assert condition in marked
        assert "/_staging%2Fmarker." in marked.replace("run_id%3Dt%2F", "/")


@pytest.mark.parametrize(
    ("since", "left"),
    [("", "old"), ("rewriteTo", "old"), (r"marker\.", "old"), ("DELETE (?!.*_staging)", "new")],
)
def test_a_store_that_is_away_for_long_fails_the_start_and_loses_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, since: str, left: str
) -> None:
    """From a request of the commit on; from the first one on, where ``since`` is empty."""
    run, committing = store.path("out/run_id=t"), 25
    start(store.path("out"), "old")

    def away(number: int, line: str) -> bool:
        begins = re.search(since, line) and (not since or number > committing)
        return bool(begins) or proxy.hindered > 0

    with Hindrance(store.url, away) as proxy, monkeypatch.context() as patch:
        patch.setenv("STORAGE_EMULATOR_HOST", proxy.url)
        patch.setattr(google_store, "GIVE_UP_S", 0.1)
        assert in_a_process(lambda: start(store.path("out"), "new")) == 1
    assert proxy.hindered
    assert rows(run) == {left}
    start(store.path("out"), "newer")
    assert (rows(run), faults(run)) == ({"newer"}, [])
