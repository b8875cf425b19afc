"""What an export leaves, and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.pipelines.export.night import Night
from tests.pipelines.exports import (
    Exported,
    decision,
)


def test_what_a_killed_export_left_is_neither_kept_nor_doubled(
    night: Night, files: list[str], whole: Exported
) -> None:
    dead = night.folder / "sets" / "run_id=killed"
    for name in ("data/meme-00000-of-00009.parquet", "_staging/out/x.jsonl", "diff/old.jsonl"):
        (dead / name).parent.mkdir(parents=True, exist_ok=True)
        (dead / name).write_bytes(b"half a file")
    runs = [str(night.first), str(night.second)]
    found = night.export("killed", "--run", *runs, "--decisions", *files)
    assert found.code == 0
    assert found.report["content_digest"] == whole.report["content_digest"]
    assert len(list(found.path.glob("data/*.*"))) == len(list(whole.path.glob("data/*.*")))
    assert not (dead / "_staging").exists()
    assert not (dead / "diff").exists()


def test_a_set_without_rows_is_not_committed_unless_asked_for(night: Night) -> None:
    nothing = night.decisions("nothing.jsonl", [])
    flags = ["--run", str(night.first), "--decisions", nothing]
    refused = night.export("nothing", *flags)
    assert refused.code == 3
    assert refused.report["status"] == "refused"
    assert not (refused.path / "_SUCCESS").exists()
    empty = night.export("empty", *flags, "--allow_empty")
    assert (empty.code, empty.rows) == (0, {})


def test_an_export_is_replaced_only_when_asked_and_leaves_nothing_of_the_old(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    many = night.decisions("many.jsonl", [decision(str(n), "1") for n in range(9)])
    few = night.decisions("few.jsonl", [decision("1", "1")])
    run = ["--run", str(night.first), "--decisions"]
    assert night.export("again-1", *run, many).code == 0
    assert night.export("again-1", *run, few).code == 2
    assert "--overwrite" in capsys.readouterr().err
    replaced = night.export("again-1", *run, few, "--overwrite")
    assert set(replaced.rows) == {"1"}
    assert len([p for p in replaced.path.glob("data/images/*/*") if p.is_file()]) == 1


def test_a_dry_run_checks_and_writes_nothing(
    night: Night, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = night.export("dry", "--run", str(night.first), "--decisions", *files, "--dry_run")
    assert found.code == 0
    assert not found.path.exists()
    assert "1 with 50 verdicts" in capsys.readouterr().out
