"""The precision of a run: one for all of it, told wherever its scores are, and kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from moderation.models.bundle import open_bundle
from moderation.models.precision import expect_units
from moderation.models.types import ModelError, ModelItem
from moderation.runs.committed import open_run
from moderation.runs.directory import RunDirectory
from moderation.runs.journal_files import note_start
from moderation.verdicts.first_items import first_items
from pipelines.score.options import ScoreOptions
from pipelines.score.plan import RunPlan, make_plan
from pipelines.score.precision import chosen, computing_in
from pipelines.score.precision_asked import precision_asked
from schemas.manifest import Manifest
from schemas.precision import Precision, PrecisionFacts
from schemas.records import Kind
from tests.pipelines.score.test_reuse import texts
from tests.pipelines.scoring import Score, memes, write_jsonl
from tests.runs.scored import change_json, mark

FLOAT32, BFLOAT16 = Precision.FLOAT32, Precision.BFLOAT16
ASKED = {"used": "bfloat16", "asked": "bfloat16", "why": "asked for"}


def has_units() -> bool:
    try:
        expect_units(BFLOAT16)
    except ModelError:
        return False
    return True


def plan_of(*flags: str) -> RunPlan:
    import datetime

    options, _ = ScoreOptions.parse(flags)
    return make_plan(options, datetime.datetime.now(datetime.timezone.utc))


def as_if_in_bfloat16(run: Path) -> None:
    """What a run says that was made on a machine with the units."""
    facts = {"precision": {**ASKED, "rows": 0, "time_ratio": None, "largest_difference": None}}
    change_json(run / "manifest.json", lambda manifest: manifest.update(facts))
    mark(run)


def test_a_run_says_in_what_it_was_computed_and_carries_only_that_over(
    score: Score, tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(tmp_path / "memes.jsonl", texts(1, 2, 3))
    first = score("--input", source, "--precision", "float32", run_id="first")
    assert [verdict["precision"] for verdict in first.verdicts] == ["float32"] * 3
    facts = first.json("manifest.json")["precision"]
    assert (facts["used"], facts["asked"], facts["why"]) == ("float32", "float32", "asked for")
    assert first.json("audit.json")["precision"] == facts
    assert "asked for" in (first.path / "audit.html").read_text()

    as_if_in_bfloat16(first.path)
    capsys.readouterr()
    again = score("--input", source, "--precision", "float32", "--reuse", "latest", run_id="again")
    assert (again.account["scored"], again.account["reused"]) == (3, 0)
    told = "the model judged it in bfloat16, and now computes in float32: nothing is carried over"
    assert told in capsys.readouterr().err
    assert [run["precision"] for run in again.json("manifest.json")["reused"]] == ["bfloat16"]
    assert "in another precision" in (again.path / "audit.html").read_text()
    assert open_run(str(first.path), name="reuse").model_identity != open_bundle(model).identity


def test_bfloat16_is_refused_or_done_and_never_something_else(
    score: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(tmp_path / "memes.jsonl", texts(1, 2, 3))
    run = score("--input", source, "--precision", "bfloat16")
    if has_units():
        assert {verdict["precision"] for verdict in run.verdicts} == {"bfloat16"}
        assert "precision bfloat16: asked for" in capsys.readouterr().out
    else:
        assert run.code == 2
        assert "--precision bfloat16: this machine has neither" in capsys.readouterr().err
        assert not run.path.exists()


def test_auto_goes_on_as_the_run_was_begun(tmp_path: Path, model: str) -> None:
    directory = RunDirectory(str(tmp_path / "runs"), "t")
    note_start(directory, "2026-01-31T00:00:00+00:00", BFLOAT16)
    source = write_jsonl(tmp_path / "memes.jsonl", texts(1))
    flags = ["--input", source, "--model", model, "--output", directory.output, "--run_id", "t"]
    plan = plan_of(*flags)
    assert (plan.bundle.precision, plan.measure) == (BFLOAT16, False)
    assert plan.known.journal.model_fingerprint == plan.bundle.identity
    other = plan_of(*flags, "--precision", "float32")
    assert other.bundle.precision is FLOAT32
    assert other.known.journal.model_fingerprint == plan.bundle.fingerprint


def test_a_journal_of_before_the_choice_goes_on_in_float32(tmp_path: Path) -> None:
    directory = RunDirectory(str(tmp_path), "t")
    Path(directory.journal).mkdir(parents=True)
    start = {"run_id": "t", "started_at": "2026-01-31T00:00:00+00:00"}
    Path(directory.journal, "start.json").write_text(json.dumps(start))
    facts, measure = precision_asked("auto", "f", directory=directory, reused=())
    assert (facts.used, measure) == (FLOAT32, False)


def test_auto_stays_with_the_scores_that_may_be_carried_over(score: Score, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "memes.jsonl", texts(1))
    night = open_run(str(score("--input", source).path), name="reuse")
    directory = RunDirectory(str(tmp_path / "runs"), "next")

    def asked(*reused: Any, of: str = night.manifest.model_fingerprint) -> tuple[Precision, bool]:
        facts, measure = precision_asked("auto", of, directory=directory, reused=reused)
        return facts.used, measure

    assert asked() == (FLOAT32, True)
    assert asked(night) == (FLOAT32, False)
    assert asked(night, of="another") == (FLOAT32, True)
    plain = night.manifest.model_dump(mode="json")
    mixed = replace(night, manifest=Manifest.model_validate({**plain, "precision": ASKED}))
    assert asked(mixed, night) == (BFLOAT16 if has_units() else FLOAT32, False)


def test_what_was_measured_is_told_to_workers_journal_and_manifest(
    tmp_path: Path, model: str
) -> None:
    source = write_jsonl(tmp_path / "memes.jsonl", texts(1))
    plan = plan_of("--input", source, "--model", model, "--output", str(tmp_path / "runs"))
    assert plan.measure
    facts = PrecisionFacts(used=BFLOAT16, asked="auto", why="it was quicker")
    settled = computing_in(plan, facts)
    assert settled.header.precision == facts
    assert settled.bundle.precision is BFLOAT16
    assert settled.known.journal.model_fingerprint == settled.bundle.identity
    assert settled.bundle.identity != plan.bundle.identity


def items_of(plan: RunPlan, *, wanted: int) -> Any:
    return first_items(
        plan.header.inputs,
        plan.validator,
        plan.bundle.card,
        plan.door,
        wanted=wanted,
        rows=plan.options.limit,
        max_row_bytes=plan.max_row_bytes,
    )


def test_the_first_items_are_distinct_and_have_their_pictures(pictures: Path, model: str) -> None:
    one = write_jsonl(pictures / "one.jsonl", ["broken", *memes(6), *memes(6)])
    two = write_jsonl(pictures / "two.jsonl", memes(6, start=6))
    before = sorted(pictures.rglob("*"))
    plan = plan_of("--input", one, "--input", two, "--model", model)
    found = items_of(plan, wanted=10)
    told = [item.texts["text"] for item in found[Kind.MEME]]
    assert len(told) == len(set(told)) == 10
    assert told[:5] == ["meme 6", "meme 0", "meme 7", "meme 1", "meme 8"]  # files take turns
    assert all(item.images["img"].ndim == 3 for item in found[Kind.MEME])
    assert items_of(plan, wanted=13) == {}
    assert sorted(pictures.rglob("*")) == before


def test_both_ways_are_scored_by_the_very_calls_of_the_run(model: str) -> None:
    bundle = open_bundle(model)
    facts = chosen(bundle, {})
    assert "too few to measure" in facts.why
    some = [ModelItem(str(n), Kind.MEME, {"text": f"text {n}"}) for n in range(96)]
    assert "63 memes" in chosen(bundle, {Kind.MEME: some[:63]}).why
    facts = chosen(bundle, {Kind.MEME: some})
    assert 32 <= facts.rows <= 96
    assert facts.time_ratio
    assert facts.time_ratio > 0
    if not has_units():
        assert facts.largest_difference == 0.0  # TensorFlow leaves such graphs as they are
