"""A folder's runs, in order, each beside the one before."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from moderation.nights.people import Decided
from moderation.nights.side_by_side import side_by_side
from moderation.runs.committed import RunError
from schemas.drift import Drift
from schemas.manifest import RefusalCode
from schemas.nights import Nights, NightState
from tests.nights.made import blocks, make_run
from tests.runs import scored


def told(runs: Path) -> Nights:
    return side_by_side(str(runs), name="runs", decided=Decided())


def test_runs_stand_in_the_order_in_which_they_began_with_their_figures(tmp_path: Path) -> None:
    late = {"started_at": "2026-01-03T02:00:00+00:00", "finished_at": "2026-01-03T02:10:30+00:00"}
    make_run(tmp_path, "a-late", raised=20, **late)
    make_run(tmp_path, "z-early", started_at="2026-01-01T02:00:00+00:00")
    make_run(tmp_path, "20260102T020000Z-abcd", started_at="")
    nights = told(tmp_path).nights
    assert [night.run_id for night in nights] == ["z-early", "20260102T020000Z-abcd", "a-late"]
    last = nights[-1]
    assert last.account is not None
    assert (last.account.read, last.account.dead_lettered) == (100, 10)
    [flag] = last.flags
    assert (flag.raised.hits, flag.raised.of, flag.by_row) == (20, 80, False)
    assert flag.raised.interval_95 is not None
    assert flag.raised.interval_95[0] < 0.25 < flag.raised.interval_95[1]
    assert last.dead_letters == {"invalid_json": 1}
    assert last.cost is not None
    assert (last.cost.wall_s, last.cost.fetches, last.cost.fetched_bytes) == (630, 7, 1_234)


def test_each_night_is_compared_with_the_committed_one_before(tmp_path: Path) -> None:
    make_run(tmp_path, "1", blocks=blocks(1))
    make_run(tmp_path, "2", blocks=blocks(2), model_fingerprint="another")
    refused = {"status": "refused", "refusal": "too many", "refusal_code": RefusalCode.GATE}
    make_run(tmp_path, "3", blocks=blocks(3, shift=3), **refused)
    make_run(tmp_path, "4", blocks=blocks(4, shift=1))
    make_run(tmp_path, "5")
    first, second, third, fourth, fifth = told(tmp_path).nights
    assert (first.drift, first.changes) == (None, [])
    assert [change.what for change in second.changes] == ["model"]
    assert second.drift is not None
    assert (second.drift.baseline, second.drift.alarms) == ("1", [])
    assert (third.state, third.why) == (NightState.REFUSED, "too many")
    assert fourth.drift is not None
    assert fourth.drift.baseline == "2"
    assert any("scores of hateful.hateful" in alarm for alarm in fourth.drift.alarms)
    assert fifth.drift is not None
    assert "run 5 is from before items were counted" in fifth.drift.not_compared[0]


def test_what_a_run_found_of_itself_stands_as_it_is(tmp_path: Path) -> None:
    first = make_run(tmp_path, "1", blocks=blocks(1))
    path = make_run(tmp_path, "2", blocks=blocks(2, shift=2))
    own = Drift(baseline="1", path=str(first), not_compared=["as the run said"])
    scored.change_json(
        path / "audit.json", lambda audit: audit.update(drift=own.model_dump(mode="json"))
    )
    scored.seal(path)
    drift = told(tmp_path).nights[1].drift
    assert drift is not None
    assert (drift.not_compared, drift.alarms) == (["as the run said"], [])


def test_runs_that_are_no_nights_are_said(tmp_path: Path) -> None:
    make_run(tmp_path, "1")
    changed = make_run(tmp_path, "2")
    (changed / "manifest.json").write_text("{}")
    begun = tmp_path / "run_id=3" / "_staging" / "journal"
    begun.mkdir(parents=True)
    (begun / "start.json").write_text(json.dumps({"started_at": "2026-12-31T00:00:00+00:00"}))
    old = make_run(tmp_path, "4")
    scored.change_json(old / "audit.json", lambda audit: audit.pop("account"))
    scored.seal(old)
    other = make_run(tmp_path, "5")
    scored.change_json(other / "manifest.json", lambda told: told["outputs"].pop(0))
    scored.seal(other)
    found = told(tmp_path)
    by_id = {night.run_id: (night.state, night.why or "") for night in found.nights}
    assert by_id["1"] == (NightState.COMMITTED, "")
    assert by_id["2"][0] is NightState.UNREADABLE
    assert "is not the one that was committed" in by_id["2"][1]
    assert by_id["3"] == (NightState.UNFINISHED, "it goes on, or was stopped")
    assert by_id["4"][0] is NightState.UNREADABLE
    assert "audit.json cannot be read" in by_id["4"][1]
    assert found.passed_over == {"5": "no run of pipelines.score: it wrote no report"}


def test_a_folder_without_runs_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no runs: give the folder that"):
        told(tmp_path)
    with pytest.raises(RunError, match="holds no runs"):
        told(tmp_path / "nowhere")
    run = make_run(tmp_path / "runs", "1")
    with pytest.raises(RunError, match="is one run: give the folder that it lies in"):
        told(run)


def test_time_for_a_year_grows_as_the_nights_do(tmp_path: Path) -> None:
    few, many = 5, 40
    counted = blocks(1)
    for folder, nights in (("few", few), ("many", many)):
        for night in range(nights):
            make_run(tmp_path / folder, f"{night:03}", blocks=counted)
    told(tmp_path / "few")

    def spent(folder: str) -> float:
        since = time.process_time()
        told(tmp_path / folder)
        return time.process_time() - since

    each = min(spent("few") for _ in range(3)) / few
    assert spent("many") < 3 * many * each
