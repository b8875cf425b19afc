"""--profile: what each stage cost, in one piece and in slices; nothing without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.scoring import Finished, Score, memes, write_jsonl

ROWS = 20


def stages(run: Finished) -> dict[str, dict[str, Any]]:
    assert run.code == 0
    return {each["stage"]: each for each in run.json("audit.json")["profile"]["stages"]}


@pytest.fixture
def source(pictures: Path) -> str:
    return write_jsonl(pictures / "memes.jsonl", [*memes(ROWS - 2), *memes(2)])


@pytest.mark.parametrize("flags", [[], ["--slice_rows", "7"]])
def test_every_stage_is_told_with_what_it_did(
    score: Score, source: str, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run = score("--input", source, "--profile", "--no_why", "--no_thumbnails", *flags)
    found = stages(run)
    told = {"read", "join", "fetch", "decode", "wait", "feed", "infer", "decide", "write", "engine"}
    assert told <= set(found)
    items = {name: found[name]["items"] for name in told}
    assert items["read"] == items["decide"] == items["write"] == ROWS
    assert items["infer"] == items["feed"] == items["wait"] == ROWS - 2
    assert items["fetch"] == ROWS - 2
    decoded = sum(run.json("audit.json")["fetching"]["decode_ms"])
    assert 10 <= items["decode"] == decoded, "the door counts the same"
    assert all(found[name]["processor_s"] > 0 for name in told - {"wait"})
    assert sum(each["share"] for each in found.values()) == pytest.approx(1, abs=0.01)
    [how] = [
        each
        for each in run.json("audit.json")["profile"]["signatures"]
        if "hateful" in each["tasks"]
    ]
    assert how["why"]
    assert "What each stage cost" in (run.path / "audit.html").read_text()


def test_who_does_not_ask_gets_no_profile(score: Score, source: str) -> None:
    run = score("--input", source)
    assert run.json("audit.json")["profile"] is None
    assert "What each stage cost" not in (run.path / "audit.html").read_text()
