"""What ``verify`` says of a run of score, sound and damaged."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from moderation.runs.verify import Seen, is_run, verify
from tests.runs.scored import (
    LETTERS,
    QUEUE,
    VERDICTS,
    change_json,
    change_line,
    make,
    mark,
    seal,
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make(tmp_path / "runs" / "run_id=t")


def faults(run: Path) -> list[str]:
    found: list[str] = []
    verify(str(run), lambda fault: found.append(str(fault)))
    return found


def expect(run: Path, *words: str) -> None:
    """One fault for each, and no other."""
    found = faults(run)
    assert len(found) == len(words), found
    for fault, part in zip(found, words, strict=True):
        assert part in fault


@pytest.mark.parametrize("file_format", ["parquet", "jsonl"])
def test_a_sound_run_has_no_fault_and_all_of_it_was_looked_at(
    tmp_path: Path, file_format: str
) -> None:
    made = make(tmp_path / "run", file_format=file_format)
    told: list[object] = []
    assert verify(str(made), told.append) == Seen(files=4, rows=6)
    assert told == []


def flip(run: Path) -> None:
    data = bytearray((run / VERDICTS).read_bytes())
    chunk = pq.read_metadata(run / VERDICTS).row_group(0).column(0)
    end = (chunk.dictionary_page_offset or chunk.data_page_offset) + chunk.total_compressed_size
    data[end - 1] ^= 1  # in a value: pages and the footer are whole
    (run / VERDICTS).write_bytes(data)


def cut(run: Path) -> None:
    os.truncate(run / VERDICTS, (run / VERDICTS).stat().st_size - 9)


def take_line_out(run: Path) -> None:
    (run / LETTERS).write_text("")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (flip, (f"{VERDICTS}: other bytes than were committed (expected ",)),
        (cut, (f"{VERDICTS}: other bytes", f"{VERDICTS}: breaks off behind row 0: ")),
        (
            take_line_out,
            (f"{LETTERS}: other bytes", f"{LETTERS}: rows (expected 1, found 0)"),
        ),
        (
            lambda run: (run / QUEUE).unlink(),
            (f"{QUEUE}: is not there (expected ",),
        ),
        (
            lambda run: (run / "verdicts/more.parquet").write_bytes(b"PAR1"),
            ("verdicts/more.parquet: lies there, and the manifest does not name it",),
        ),
        (
            lambda run: change_json(run / "manifest.json", lambda m: m.update(model_name="x")),
            ("manifest.json: is not the one that was committed: sha256 (expected ",),
        ),
        (lambda run: (run / "manifest.json").unlink(), ("manifest.json: is not there",)),
        (
            lambda run: (run / "manifest.json").write_text("{"),
            ("manifest.json: is not the one", "manifest.json: does not fit Manifest: "),
        ),
        (
            lambda run: (run / "_SUCCESS").unlink(),
            ("_SUCCESS: is not there: the run is not committed",),
        ),
        (
            lambda run: (run / "_SUCCESS").write_text("[]"),
            ("_SUCCESS: names no run and no digest of a manifest: ",),
        ),
    ],
)
def test_damage_is_named_with_its_file(
    run: Path, damage: Callable[[Path], object], words: tuple[str, ...]
) -> None:
    damage(run)
    expect(run, *words)


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (
            {"read": 6},
            (
                "read = scored + reused + duplicates + dead_lettered does not hold "
                "(expected 6, found 5)",
                "rows read, by the manifest's inputs (expected 6, found 5)",
            ),
        ),
        (
            {"scored": 4, "dead_lettered": 0},
            (
                "rows of all decisions = verdicts does not hold (expected 4, found 5)",
                "rows of all kinds = verdicts does not hold (expected 4, found 5)",
                "rows of verdicts (expected 5, found 4)",
                "rows of dead_letters (expected 0, found 1)",
            ),
        ),
    ],
)
def test_an_audit_whose_digest_was_brought_up_to_date_is_recounted(
    run: Path, account: dict[str, int], words: tuple[str, ...]
) -> None:
    change_json(run / "audit.json", lambda audit: audit["account"].update(account))
    seal(run)
    expect(run, *(f"audit.json: {each}" for each in words))


def test_rows_are_counted_by_decision_and_by_code(run: Path) -> None:
    def change(audit: dict[str, dict[str, dict[str, int]]]) -> None:
        audit["decisions"]["meme"] = {"clear": 4}

    change_json(run / "audit.json", change)
    change_line(run / LETTERS, code="row_too_large")
    seal(run)
    expect(
        run,
        "rows of verdicts with kind meme, decision clear (expected 4, found 3)",
        "rows of verdicts with kind meme, decision review (expected 0, found 1)",
        "rows of dead_letters with stage read, code invalid_json (expected 1, found 0)",
        "rows of dead_letters with stage read, code row_too_large (expected 0, found 1)",
    )


def test_what_is_for_review_is_in_the_queue(run: Path) -> None:
    change_line(run / QUEUE, copies=3)
    expect(seal(run), "audit.json: verdicts that review_queue is for (expected 1, found 3)")


def test_rows_that_do_not_fit_their_schema_are_named_and_the_many_counted(run: Path) -> None:
    table = pq.read_table(run / VERDICTS)
    column = table.column_names.index("decision")
    pq.write_table(table.set_column(column, "decision", pa.array(["clean"] * 4)), run / VERDICTS)
    found = faults(seal(run))
    assert found[0].startswith(f"{VERDICTS}: row 1 does not fit Verdict: decision: Input should be")
    assert found[3:] == [f"{VERDICTS}: 1 further rows do not fit Verdict"]


def test_a_row_of_another_run_is_named(run: Path) -> None:
    change_line(run / LETTERS, run_id="other")
    expect(
        seal(run),
        f"{LETTERS}: row 1 does not fit DeadLetter: run_id (expected 't', found 'other')",
    )


def test_a_manifest_that_leads_out_of_the_run_is_not_followed(run: Path) -> None:
    def change(manifest: dict[str, list[dict[str, object]]]) -> None:
        manifest["outputs"][1]["path"] = "../../../secret.jsonl"

    change_json(run / "manifest.json", change)
    found = faults(mark(run))
    assert "../../../secret.jsonl: leads out of the run" in found
    assert f"{LETTERS}: lies there" not in found


def test_a_refused_run_says_why_it_is_not_committed(run: Path) -> None:
    (run / "_SUCCESS").unlink()
    change_json(run / "manifest.json", lambda manifest: manifest.update(refusal="too many lost"))
    expect(run, "_SUCCESS: is not there: the run is not committed (too many lost)")


def test_a_folder_that_no_job_made_is_no_run(run: Path) -> None:
    assert is_run(str(run))
    begun = run.parent / "run_id=begun"
    begun.mkdir()
    (begun / "_claim").touch()
    assert is_run(str(begun))
    assert not is_run(str(run.parent))
