"""The comparison at a run's close: once, and with whatever the baseline has."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from moderation.audit.tally import Tally
from moderation.runs.committed import RunError, open_run
from moderation.runs.directory import RunDirectory
from moderation.runs.header import RunHeader
from moderation.runs.report import ClosingRun
from moderation.verdicts.baseline import open_baseline
from moderation.verdicts.run_drift import ComparedWith
from tests.runs import scored


def closing(tmp_path: Path) -> ClosingRun:
    header = RunHeader(
        directory=RunDirectory(str(tmp_path / "runs"), "now"),
        started_at="",
        inputs=(),
        left_out=(),
        options={},
        versions={},
        model_name="m",
        model_fingerprint="sha256:abc",
    )
    return ClosingRun(
        header=header, finished_at="", tally=Tally(), rows=Counter(), shards=(), sides={}
    )


def test_an_old_baseline_is_compared_by_what_it_has_and_the_rest_is_said(tmp_path: Path) -> None:
    old = scored.make(tmp_path / "old")
    scored.change_json(old / "audit.json", lambda audit: [audit.pop("blocks"), audit.pop("drift")])
    scored.seal(old)
    drift = ComparedWith(open_baseline(open_run(str(old), name="baseline"), name="baseline")).drift(
        closing(tmp_path)
    )
    assert "run t is from before they were counted" in drift.not_compared[0]
    assert drift.decisions is not None
    assert drift.decisions.only_before == 3
    assert [change.what for change in drift.changes] == ["model"]


def test_a_close_that_is_tried_again_says_what_it_said(tmp_path: Path) -> None:
    baseline = scored.make(tmp_path / "old")
    compared = ComparedWith(
        open_baseline(open_run(str(baseline), name="baseline"), name="baseline")
    )
    run = closing(tmp_path)
    first = compared.drift(run)
    for file in baseline.glob("verdicts/*"):
        file.unlink()
    assert compared.drift(run) == first
    run.header.directory.clear_staging()
    assert "cannot be read side by side" in compared.drift(run).not_compared[-1]


def test_a_baseline_whose_audit_is_broken_is_an_error_that_names_it(tmp_path: Path) -> None:
    broken = scored.make(tmp_path / "old")
    (broken / "audit.json").write_text('{"blocks": [{"of": "score"}]}')
    with pytest.raises(RunError, match=r"audit\.json cannot be read"):
        open_baseline(open_run(str(broken), name="baseline"), name="baseline")
