"""Claims in a store that honours preconditions: one owner at a time, and none that is dead."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from moderation.runs import store_claim as claims
from moderation.runs.claim import RunClaimed, claimed, seal
from moderation.runs.directory import RunCommitted, RunDirectory
from moderation.runs.leftovers import clear
from moderation.runs.publish import RunRefused
from moderation.storage import files
from tests.faults.store import Store
from tests.runs.committing import close_run, commit_run, faults, rows, stage


def lives(_: object) -> bool:
    return False


def gone(_: object) -> bool:
    return True


def owner(path: str) -> str | None:
    found = claims.read(path)
    return found.told["token"] if found else None


def test_a_claim_has_one_living_owner(store: Store) -> None:
    path = store.path("runs/run_id=t/_claim")
    claims.take(path, {"token": "a", "pid": 1}, is_dead=lives)
    with pytest.raises(claims.Held) as held:
        claims.take(path, {"token": "b"}, is_dead=lives)
    assert held.value.told["token"] == "a"
    assert held.value.age_s < 60
    assert claims.keep(path, "a", state="commits")
    assert not claims.keep(path, "b")


def test_a_claim_is_renewed_while_its_owner_lives(store: Store) -> None:
    path = store.path("runs/run_id=t/_claim")
    claims.take(path, {"token": "a"}, is_dead=lives)
    seen = {claims.read(path).generation}  # type: ignore[union-attr]
    with claims.renewed(path, "a", every_s=0.01):
        while len(seen) < 4:
            seen.add(claims.read(path).generation)  # type: ignore[union-attr]


def test_a_dead_owners_claim_is_taken_over_and_lost_to_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.path("runs/run_id=t/_claim")
    claims.take(path, {"token": "a"}, is_dead=lives)
    claims.take(path, {"token": "b"}, is_dead=gone)
    assert not claims.keep(path, "a")
    claims.release(path, "a")
    assert owner(path) == "b"
    claims.release(path, "b")
    assert owner(path) is None
    monkeypatch.setattr(claims, "DEAD_S", 0.0)  # silent for long
    for token in "cd":
        claims.take(path, {"token": token}, is_dead=lives)
    assert owner(path) == "d"


def test_of_starts_at_one_moment_one_gets_the_claim(store: Store) -> None:
    path = store.path("race/_claim")

    def start(number: int) -> int:
        try:
            claims.take(path, {"token": str(number)}, is_dead=lives)
        except claims.Held:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(start, range(8))) == 1


def test_a_second_start_is_refused_while_the_first_lives(store: Store) -> None:
    first, second = (RunDirectory(store.path("out"), "t") for _ in range(2))
    refused = pytest.raises(RunClaimed, match="sign of life")
    with claimed(first), refused, claimed(second):
        pass


def test_a_run_in_a_store_is_committed_by_its_owner_and_stays(store: Store) -> None:
    first, second, third = (RunDirectory(store.path("out"), "t") for _ in range(3))
    with claimed(first) as claim:
        clear(first, overwrite=False)
        early = stage(first, "first", parts=2)
        claim.keep()
    with claimed(second):  # the first was only submitted: the later start owns the directory
        clear(second, overwrite=False)
        shards = stage(second, "second", parts=2)
        with pytest.raises(RunRefused, match="taken by a later start"):
            close_run(first, "first", early)
        close_run(second, "second", shards)
    with claimed(third), pytest.raises(RunCommitted, match="committed already"):
        clear(third, overwrite=False)
    with pytest.raises(RunRefused):
        close_run(first, "first", early)
    close_run(second, "second", shards)  # an engine may do a finished step again
    assert (rows(third.path), faults(third.path)) == ({"second"}, [])


@pytest.mark.parametrize("committed_before", [False, True])
def test_a_marker_that_waits_to_be_moved_is_taken_away_with_the_claim(
    store: Store, committed_before: bool
) -> None:
    """So that a start which slept since it looked at its claim commits nothing as it wakes."""
    asleep, late = (RunDirectory(store.path("out"), "t") for _ in range(2))
    if committed_before:
        commit_run(RunDirectory(store.path("out"), "t"), "old")
    with claimed(asleep) as claim:
        clear(asleep, overwrite=True)
        draft, place = f"{asleep.staging}/marker", asleep.file("_SUCCESS")
        files.write_bytes(draft, b"{}")
        over = files.version(place)
        assert seal(asleep)
        claim.keep()
    with claimed(late):
        clear(late, overwrite=True)
        assert not files.replace(draft, place, over=over)
        commit_run(late, "late")
    assert (rows(late.path), faults(late.path)) == ({"late"}, [])
