from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from moderation.audit.tally import Tally
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.dead_letters.write import DEAD_LETTERS
from moderation.records.read import RowCount
from moderation.runs.close import CloseRun, RunParts
from moderation.runs.commit import as_json
from moderation.runs.directory import RunDirectory
from moderation.runs.header import RunHeader
from moderation.runs.report import ClosingRun, Place, Refusal, Report
from moderation.storage.input_files import Format, InputFile
from moderation.storage.shards import TableLayout
from schemas.codes import Code, Stage

NUMBERS, NOTHING = TableLayout("numbers"), TableLayout("nothing")
NOW = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
LETTER = DeadLetter(
    source="in.jsonl", row=3, stage=Stage.READ, code=Code.INVALID_JSON, message="no JSON"
)


@dataclass(frozen=True, slots=True)
class Counted(Report):
    """Rows must be as many as were read; ``at_most`` of them may be dead letters."""

    at_most: int

    @property
    def layouts(self) -> tuple[TableLayout, ...]:
        return NUMBERS, NOTHING

    def refusal(self, run: ClosingRun) -> Refusal | None:
        written, dead = run.written(), run.tally.of("account").get("dead_lettered", 0)
        lost = run.read - written["numbers"] - dead
        return Refusal.unreconciled(f"{lost} lost" if lost else None) or Refusal.gate(
            f"{dead} dead" if dead > self.at_most else None
        )

    def places(self, run: ClosingRun) -> Iterator[Place]:
        yield Place("numbers", "jsonl", "data/numbers")
        yield Place.of(NOTHING)
        yield Place.of(DEAD_LETTERS)

    def files(self, run: ClosingRun) -> Iterator[tuple[str, bytes]]:
        placed = [entry.path for entries in run.placed.values() for entry in entries]
        yield "told.json", as_json({**run.stamp(), "greeting": run.only("word"), "placed": placed})


def closed(folder: Path, *, rows: int = 2, read: int = 3, at_most: int = 1) -> dict[str, Any]:
    """The run's manifest and report, once it is over."""
    source = folder / "in.jsonl"
    source.write_bytes(b"1\n2\n{\n")
    header = RunHeader(
        directory=RunDirectory(str(folder), "t"),
        started_at="2026-01-01",
        inputs=(InputFile(path=str(source), bytes=6, format=Format.JSONL),),
        left_out=(),
        options={"limit": 7},
        versions={},
        model_name="m",
    )
    try:
        with beam.Pipeline(runner=FnApiRunner()) as pipeline:
            _ = RunParts(
                tables={
                    "numbers": pipeline | "N" >> beam.Create([{"n": n} for n in range(rows)]),
                    "nothing": pipeline | "0" >> beam.Create([]),
                },
                rejected=(pipeline | "L" >> beam.Create([LETTER]),),
                tallies=(pipeline | "T" >> beam.Create([Tally()]),),
                counts=(pipeline | "C" >> beam.Create([RowCount(str(source), read)]),),
                sides={"word": pipeline | "W" >> beam.Create(["hello"])},
            ) | "Close" >> CloseRun(header, Counted(at_most), lambda: NOW)
    finally:
        run = folder / "run_id=t"
        told = {
            name: json.loads((run / f"{name}.json").read_text()) for name in ("manifest", "told")
        }
        (folder / "told.json").write_text(json.dumps(told))
    return told


def refused(folder: Path, reason: str, **counts: int) -> dict[str, Any]:
    with pytest.raises(Exception, match=reason):
        closed(folder, **counts)
    told: dict[str, Any] = json.loads((folder / "told.json").read_text())
    return told


def test_a_run_is_placed_told_and_marked_in_one_step(tmp_path: Path) -> None:
    told = closed(tmp_path)
    manifest, run = told["manifest"], tmp_path / "run_id=t"
    placed = [
        "data/numbers-00000-of-00001.jsonl",
        "nothing/part-00000-of-00001.jsonl",
        "dead_letters/part-00000-of-00001.jsonl",
    ]
    assert [entry["path"] for entry in manifest["outputs"]] == [*placed, "told.json"]
    assert [entry["rows"] for entry in manifest["outputs"]] == [2, 0, 1, None]
    assert (manifest["model_name"], manifest["options"]) == ("m", {"limit": 7})
    assert [entry["rows"] for entry in manifest["inputs"]] == [3]
    assert told["told"]["greeting"] == "hello"
    assert told["told"]["placed"] == placed
    assert told["told"]["finished_at"] == "2026-01-02T00:00:00+00:00"
    assert json.loads((run / placed[2]).read_text())["code"] == "invalid_json"
    assert (run / "_SUCCESS").exists()
    assert not (run / "_staging").exists()


def test_a_committed_manifest_holds_no_word_of_a_refusal(tmp_path: Path) -> None:
    manifest = closed(tmp_path)["manifest"]
    assert (manifest["status"], manifest["refusal"]) == ("committed", None)
    assert "refusal_code" not in manifest


@pytest.mark.parametrize(
    ("counts", "reason", "code"),
    [({"at_most": 0}, "1 dead", "gate"), ({"rows": 1}, "1 lost", "unreconciled")],
)
def test_a_refused_run_says_why_by_a_code_and_has_no_marker(
    tmp_path: Path, counts: dict[str, int], reason: str, code: str
) -> None:
    told = refused(tmp_path, reason, **counts)
    manifest = told["manifest"]
    assert (manifest["status"], manifest["refusal"]) == ("refused", reason)
    assert manifest["refusal_code"] == code
    assert told["told"]["refusal"] == reason
    assert not (tmp_path / "run_id=t" / "_SUCCESS").exists()
