from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from apache_beam.pvalue import TaggedOutput

from moderation.audit.tally_transforms import TALLY
from moderation.exports.differ import DIFFERING
from moderation.exports.held_out import HeldOutItem
from moderation.exports.input_rows import FormerLabel
from moderation.exports.runs import Runs, open_runs
from moderation.exports.select_items import REJECTED, SELECTED, MeetDecisions, Problems
from moderation.exports.selection_rules import Selection
from moderation.exports.training_rows import RowMaker
from moderation.records.dead_letters.letter import DeadLetter
from moderation.storage.packing import Pack
from schemas.codes import Code
from schemas.manifest import InputEntry
from tests.exports.committed import commit
from tests.exports.verdicts import record, said, verdict


def runs_with(tmp_path: Path, digest: str | None) -> Runs:
    inputs = [InputEntry(path="/data/a.jsonl", bytes=9, rows=2, digest=digest)]
    return open_runs([str(commit(tmp_path, "a", inputs=inputs))], name="run")


def join(
    runs: Runs,
    sides: dict[str, list[Any]],
    *,
    problems: Problems | None = None,
    held_out: tuple[HeldOutItem, ...] = (),
) -> dict[str, list[Any]]:
    """What comes out for one bucket, by tag."""
    step = MeetDecisions(runs, Selection(), RowMaker(runs), source_column="source", similarity=0.8)
    step.start_bundle()
    names = ("verdicts", "records", "decisions", "former")
    packed = {name: [Pack.of([row]) for row in sides.get(name, ())] for name in names}
    found: dict[str, list[Any]] = {}
    outputs = [*step.process((0, packed), problems or {}, held_out), *step.finish_bundle()]
    for output in outputs:
        assert isinstance(output, TaggedOutput)
        value = output.value.value if output.tag == TALLY else output.value
        found.setdefault(str(output.tag), []).append(value)
    return found


def selected(found: dict[str, list[Any]]) -> list[Any]:
    return [row for _, pack in found.get(SELECTED, ()) for row in pack.open()]


def test_the_four_sides_of_an_item_meet(tmp_path: Path) -> None:
    found = join(
        runs_with(tmp_path, "sha256:0"),
        {
            "verdicts": [verdict(p=0.75)],
            "records": [record(source="feed", n=1)],
            "decisions": [said("1")],
            "former": [FormerLabel("1", "meme", "0")],
        },
    )
    [row] = selected(found)
    assert (row["item_id"], row["label"], row["former"], row["source"]) == ("1", "1", "0", "feed")
    assert row["row"]["provenance"]["score"] == 0.75
    assert row["row"]["extras"] == '{"source":"feed","n":1}'


@pytest.mark.parametrize(("digest", "rows"), [("sha256:0", 1), (None, 0)])
def test_without_a_files_digest_the_content_must_be_what_was_judged(
    tmp_path: Path, digest: str | None, rows: int
) -> None:
    sides = {"verdicts": [verdict()], "decisions": [said("1")]}
    other = record()._replace(content_key="d" * 32)
    found = join(runs_with(tmp_path, digest), {**sides, "records": [other]})
    assert len(selected(found)) == rows
    assert len(found.get(REJECTED, ())) == 1 - rows
    same = join(runs_with(tmp_path / "b", digest), {**sides, "records": [record()]})
    assert len(selected(same)) == 1


def test_a_row_that_is_not_there_is_a_letter_with_its_sources_problem(tmp_path: Path) -> None:
    sides = {"verdicts": [verdict()], "decisions": [said("1")]}
    runs = runs_with(tmp_path, "sha256:0")
    [plain] = join(runs, sides)[REJECTED]
    [told] = join(runs, sides, problems={0: ("not_found", "it is gone")})[REJECTED]
    assert isinstance(plain, DeadLetter)
    assert plain.message == "row 1 of /data/a.jsonl is not there any more"
    assert (told.code.value, told.message, told.row) == ("not_found", "it is gone", 1)


def test_a_verdict_on_a_file_that_the_manifest_does_not_name_is_a_letter(tmp_path: Path) -> None:
    sides = {"verdicts": [verdict(source=-1)], "decisions": [said("1")]}
    [letter] = join(runs_with(tmp_path, "sha256:0"), sides)[REJECTED]
    assert "manifest does not name" in letter.source


def test_decisions_on_an_id_of_several_contents_become_letters(tmp_path: Path) -> None:
    verdicts = [verdict(), verdict(row=2, content_key="d" * 32)]
    sides = {"verdicts": verdicts, "records": [record()], "decisions": [said("1")]}
    found = join(runs_with(tmp_path, "sha256:0"), sides)
    assert selected(found) == []
    assert [letter.code for letter in found[REJECTED]] == [Code.AMBIGUOUS_ITEM]
    assert found[TALLY][0].of("verdict") == {"other_verdict": 1, "ambiguous_item": 1}


def test_what_the_former_set_had_is_told_with_the_reason_it_went(tmp_path: Path) -> None:
    runs = runs_with(tmp_path, "sha256:0")
    former = [FormerLabel("1", "meme", "0"), FormerLabel("elsewhere", "meme", "1")]
    found = join(runs, {"verdicts": [verdict()], "records": [record()], "former": former})
    reasons = {row["item_id"]: row["reason"] for row in found[DIFFERING]}
    assert reasons == {"1": "not_reviewed", "elsewhere": "not_in_runs"}


def test_one_worker_meets_one_set_of_held_out_items_after_another(tmp_path: Path) -> None:
    runs = runs_with(tmp_path, "sha256:0")
    sides = {"verdicts": [verdict()], "records": [record()], "decisions": [said("1")]}
    held = HeldOutItem("c" * 32, (), (), (), 0)
    assert len(selected(join(runs, sides))) == 1
    found = join(runs, sides, held_out=(held,))
    assert selected(found) == []
    assert found[TALLY][0].of("held_out") == {"content": 1}


def test_every_verdict_is_counted_once(tmp_path: Path) -> None:
    runs = runs_with(tmp_path, "sha256:0")
    verdicts = [verdict(), verdict(row=2), verdict("2"), verdict("3")]
    records = [record(), record()._replace(item_id="3")]
    decisions = [said("1"), said("1", item_id="2"), said("0", "a", item_id="3")]
    found = join(runs, {"verdicts": verdicts, "records": records, "decisions": decisions})
    counts = found[TALLY][0].of("verdict")
    assert counts == {"other_verdict": 1, "dead_lettered": 1}
    assert sum(counts.values()) + len(selected(found)) == len(verdicts)


@pytest.mark.parametrize(("kept", "row"), [("WHEN THE", "WHEN THE"), (None, "")])
def test_a_text_that_was_read_and_not_kept_is_counted(
    tmp_path: Path, kept: str | None, row: str
) -> None:
    found = join(
        runs_with(tmp_path, "sha256:0"),
        {
            "verdicts": [verdict(text_read=kept, text_lost=kept is None)],
            "records": [record()._replace(values={"id": "1", "text": ""})],
            "decisions": [said("1")],
        },
    )
    assert [each["row"]["text"] for each in selected(found)] == [row]
    assert found[TALLY][0].of("text") == ({} if kept else {"lost": 1})
