"""The command: two files, a few lines, and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.report.__main__ import main
from schemas.manifest import RefusalCode
from schemas.nights import Nights
from tests.nights.made import blocks, entry, make_run

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    queue = [entry("1", 0.9), entry("2", 0.1)]
    make_run(folder, "night1", blocks=blocks(1), queue=queue)
    make_run(folder, "night2", blocks=blocks(2, shift=1), policy_version=HOSTILE)
    refused = {"status": "refused", "refusal": HOSTILE, "refusal_code": RefusalCode.GATE}
    make_run(folder, "night3", **refused)
    return folder


def test_a_page_and_its_json_tell_the_nights(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions = tmp_path / "decisions.jsonl"
    told = {"item_id": "1", "task": "hateful", "label": "hateful", "reviewer": "ada"}
    decisions.write_text(json.dumps({**told, "decided_at": "2026-02-01"}) + "\n{\n")
    page = tmp_path / "out" / "nights.html"
    page.parent.mkdir()
    assert main([str(runs), "--output", str(page), "--decisions", str(decisions)]) == 0
    said = capsys.readouterr()
    assert "2 committed, 1 refused" in said.out
    assert "drift: scores of hateful.hateful" in said.out
    assert "decisions.jsonl, row 2" in said.err
    nights = Nights.model_validate_json(page.with_suffix(".json").read_bytes())
    assert [night.run_id for night in nights.nights] == ["night1", "night2", "night3"]
    assert nights.agreement[0].raised.hits == 1
    html = page.read_text()
    assert HOSTILE not in html
    assert html.count("&lt;script&gt;") >= 2
    for shown in ("night1", "6.2%", "scores of hateful.hateful", "100.0% of 1", "refused"):
        assert shown in html, shown
    assert "http" not in html.replace("http-equiv", "")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["{runs}/none"], "holds no runs: give the folder that pipelines.score writes to"),
        (["{runs}/run_id=night1"], "is one run"),
        (["{runs}", "{runs}"], "one folder of runs"),
        (["{runs}", "--output", "nights.pdf"], "name the page, as in nights.html"),
        (["{runs}", "--output", "{runs}/run_id=night1/audit.json/n.html"], "cannot be written"),
        (["{runs}", "--decisions", "{runs}/none.jsonl"], "--decisions"),
        (["{runs}", "--runs"], "no flag of this command"),
    ],
)
def test_what_cannot_be_used_ends_with_2(
    flags: list[str], words: str, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([flag.format(runs=runs) for flag in flags]) == 2
    assert words in capsys.readouterr().err
