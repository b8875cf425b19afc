"""Every verdict, decision and file is accounted for, and nobody named."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from schemas.export import CountedDecision, ExportReport
from schemas.manifest import Manifest
from schemas.verdicts import DeadLetter
from tests.pipelines.export.night import Night
from tests.pipelines.exports import (
    KEY,
    REVIEWERS,
    Exported,
    House,
    decision,
    decisions_of,
    verdicts_of,
)


def test_every_verdict_and_every_decision_is_accounted_for(
    night: Night, files: list[str], whole: Exported
) -> None:
    report = ExportReport.model_validate(whole.report)
    verdicts, decisions = verdicts_of(night.first, night.second), decisions_of(*files)
    assert sum(report.verdicts.values()) == report.verdicts_read == len(verdicts)
    assert sum(report.decisions.values()) == report.decisions_read == len(decisions)
    assert report.verdicts["exported"] == report.rows == len(whole.rows)
    assert report.verdicts["other_verdict"] == len(verdicts) - verdicts["item_id"].nunique()
    letters = [DeadLetter.model_validate(letter) for letter in whole.lines("dead_letters")]
    codes = Counter(letter.code for letter in letters)
    assert codes["unknown_item"] == decisions["item_id"].str.startswith("unknown").sum() == 10
    assert codes["unknown_label"] == (decisions["label"] == "perhaps").sum()
    tied = {letter.item_id for letter in letters if letter.code == "tied_decisions"}
    assert len(tied) == report.tied_items == report.verdicts["tied"]
    counted = [CountedDecision.model_validate(row) for row in whole.lines("decisions")]
    assert Counter(row.status for row in counted) == {
        name: rows for name, rows in report.decisions.items() if name != "dead_lettered"
    }


def test_the_manifest_names_every_file_with_its_digest(whole: Exported) -> None:
    import hashlib

    manifest = Manifest.model_validate_json((whole.path / "manifest.json").read_text())
    for entry in manifest.outputs:
        data = (whole.path / entry.path).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry.sha256
    named = {entry.path for entry in manifest.outputs} | {"manifest.json", "_SUCCESS"}
    there = {str(p.relative_to(whole.path)) for p in whole.path.rglob("*") if p.is_file()}
    assert {name for name in there if not name.startswith("data/images/")} == named
    assert len(manifest.inputs) == 4


def test_no_file_holds_a_reviewers_name_or_the_key(whole: Exported) -> None:
    for file in whole.path.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert not any(name.encode() in data for name in (*REVIEWERS, KEY))
    assert len({row["reviewer"] for row in whole.lines("decisions")}) == len(REVIEWERS)


def test_records_that_changed_or_went_since_their_run_are_dead_letters(
    tmp_path: Path, model: str
) -> None:
    house = House(tmp_path, model)
    house.pictures()
    names = ("same", "changed", "gone")
    rows = {
        name: [{"id": f"{name}-{n}", "img": f"{n}.png", "text": f"{name} {n}"} for n in range(3)]
        for name in names
    }
    run = house.score("r", *(house.records(f"{name}.jsonl", rows[name]) for name in names))
    house.records("changed.jsonl", [{**row, "text": "other"} for row in rows["changed"]])
    (tmp_path / "gone.jsonl").unlink()
    (tmp_path / "1.png").unlink()
    (tmp_path / "2.png").write_bytes((tmp_path / "5.png").read_bytes())
    given = [decision(f"{name}-{n}", "1") for name in names for n in range(3)]
    flags = ["--run", str(run), "--decisions", house.decisions("d.jsonl", given)]
    found = house.export("e", *flags)
    assert set(found.rows) == {"same-0"}
    codes = {letter["item_id"]: letter["code"] for letter in found.lines("dead_letters")}
    assert codes == {
        **{f"changed-{n}": "source_changed" for n in range(3)},
        **{f"gone-{n}": "not_found" for n in range(3)},
        "same-1": "not_found",
        "same-2": "source_changed",
    }
    assert found.report["verdicts"] == {"exported": 1, "dead_lettered": 8}
    strict = house.export("strict", *flags, "--max_dead_letter_ratio", "0.5")
    assert strict.code == 3
    assert not (strict.path / "_SUCCESS").exists()
