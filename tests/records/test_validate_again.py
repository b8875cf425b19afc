"""Dead letters as input."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from moderation.images.types import ImageRef
from moderation.records.dead_letters.history import Redrive
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.dead_letters.write import table_row
from moderation.records.items import Record
from moderation.records.rows import RawRow
from schemas.codes import Code, Stage
from schemas.verdicts import DeadLetter as Line
from tests.records.validating import MEME, accept, reject, validator


def letter(**change: Any) -> dict[str, Any]:
    base = {
        "run_id": "r",
        "source": "/elsewhere/memes.jsonl",
        "row": 9,
        "item_id": "1",
        "kind": "meme",
        "stage": "fetch",
        "code": "timeout",
        "retryable": True,
        "attempts": 3,
        "message": "m",
        "record": MEME,
        "redacted": [],
        "run_started_at": "2026-01-01T02:00:00+00:00",
        "history": None,
    }
    return {**base, **change}


def line_of(found: DeadLetter, run_id: str) -> dict[str, Any]:
    """As the next run reads it; it fits the contract."""
    line = table_row(found, run_id=run_id, run_started_at=f"began {run_id}")
    Line.model_validate(line)
    return line


def test_a_dead_letter_is_driven_again_as_the_row_of_its_first_source(tmp_path: Path) -> None:
    record, item = accept(validator(tmp_path), letter(), "/runs/run_id=r/dead_letters/p.jsonl")
    assert (record.source, record.row) == ("/elsewhere/memes.jsonl", 9)
    [image] = item.images
    assert isinstance(image, ImageRef)
    assert image.location == "/elsewhere/img/1.png"
    assert Record.unpack(record.pack()) == record
    assert record.history
    assert record.history.read_from == "/runs/run_id=r/dead_letters/p.jsonl"


def test_the_key_and_a_made_id_are_those_of_the_first_run(tmp_path: Path) -> None:
    body = {name: value for name, value in MEME.items() if name != "id"}
    check = validator(tmp_path, columns={"id": ""})
    first = check(RawRow("/elsewhere/memes.jsonl", 9, body))
    assert not isinstance(first, DeadLetter)
    again, item = accept(check, letter(record=body))
    assert (again.item_id, item) == (first[0].item_id, first[1])


def test_a_letter_driven_three_times_says_so(tmp_path: Path) -> None:
    check, line = validator(tmp_path), letter()
    for run_id, tries in (("b", 4), ("c", 2)):
        record, _ = accept(check, line)
        failed = DeadLetter.of(record, Code.DNS, "no", stage=Stage.FETCH, attempts=tries)
        line = line_of(failed, run_id)
    assert (line["attempts"], line["code"], line["source"], line["row"]) == (
        9,
        "dns",
        "/elsewhere/memes.jsonl",
        9,
    )
    assert line["history"] == {
        "runs": 3,
        "first_run_id": "r",
        "first_code": "timeout",
        "first_at": "2026-01-01T02:00:00+00:00",
        "parent_run_id": "b",
        "passed_on": False,
    }


def test_a_letter_of_a_run_that_kept_no_history_is_its_beginning(tmp_path: Path) -> None:
    old = {k: v for k, v in letter().items() if k not in ("history", "run_started_at")}
    record, _ = accept(validator(tmp_path), old)
    assert record.history == (1, 3, "r", "timeout", None, "r", "/data/f.jsonl")


def test_what_is_not_retryable_is_passed_on_as_it_was(tmp_path: Path) -> None:
    first = letter(code="not_found", retryable=False, redacted=["link"], message="no such file")
    line = line_of(reject(validator(tmp_path), first), "b")
    changed = ("run_id", "run_started_at", "history")
    assert {k: v for k, v in line.items() if k not in changed} == {
        k: v for k, v in first.items() if k not in changed
    }
    assert line["history"]["passed_on"]
    assert (line["history"]["runs"], line["history"]["first_code"]) == (1, "not_found")
    again = line_of(reject(validator(tmp_path), line), "c")
    assert again["history"] == {**line["history"], "parent_run_id": "b"}


def test_all_drives_final_codes_too(tmp_path: Path) -> None:
    check = replace(validator(tmp_path), redrive=Redrive.ALL)
    record, _ = accept(check, letter(code="not_found", retryable=False))
    assert record.item_id == "1"


def test_a_record_that_is_no_valid_one_fails_again_with_its_history(tmp_path: Path) -> None:
    check = replace(validator(tmp_path), redrive=Redrive.ALL)
    first = letter(code="missing_field", stage="validate", attempts=1, record={"id": 1})
    line = line_of(reject(check, first), "b")
    assert (line["code"], line["attempts"], line["row"]) == ("missing_field", 2, 9)
    assert (line["history"]["runs"], line["history"]["passed_on"]) == (2, False)


@pytest.mark.parametrize("redrive", list(Redrive))
@pytest.mark.parametrize(
    "change",
    [
        {"record": '{"id": ', "code": "invalid_json", "stage": "read"},
        {"record": None, "row": None, "code": "unreadable_file", "stage": "read"},
        {"record": None, "code": "source_changed", "stage": "export"},
        {"record": None, "code": "timeout", "stage": "fetch"},
    ],
)
def test_a_letter_without_a_whole_record_is_passed_on(
    tmp_path: Path, redrive: Redrive, change: dict[str, Any]
) -> None:
    check = replace(validator(tmp_path), redrive=redrive)
    line = line_of(reject(check, letter(**change)), "b")
    assert {name: line[name] for name in change} == change
    assert (line["message"], line["attempts"], line["history"]["passed_on"]) == ("m", 3, True)


def test_a_record_that_was_mended_is_driven_without_being_told(tmp_path: Path) -> None:
    broken = {name: value for name, value in MEME.items() if name != "text"}
    first = letter(code="missing_field", stage="validate", retryable=False, record=broken)
    line = line_of(reject(validator(tmp_path), first), "b")
    assert (line["code"], line["message"], line["attempts"]) == ("missing_field", "m", 3)
    assert line["history"]["passed_on"]
    record, _ = accept(validator(tmp_path), {**line, "record": MEME})
    assert (record.source, record.row) == ("/elsewhere/memes.jsonl", 9)
    renamed = {**line, "record": {**broken, "body": MEME["text"]}}
    assert reject(validator(tmp_path), renamed).passed_on
    accept(validator(tmp_path, columns={"text": "body"}), renamed)


def test_a_letter_of_preprocess_waits_for_its_label(tmp_path: Path) -> None:
    unlabelled = letter(code="unlabelled", stage="preprocess", retryable=False)
    assert reject(validator(tmp_path), unlabelled).passed_on
    check = replace(validator(tmp_path), redrive=Redrive.ALL)
    assert accept(check, unlabelled)[0].label is None


def test_a_letter_that_lost_something_names_the_row_to_run_again(tmp_path: Path) -> None:
    line = line_of(reject(validator(tmp_path), letter(redacted=["img"])), "b")
    assert line["code"] == Code.REDACTED_RECORD.value
    assert "/elsewhere/memes.jsonl, row 9" in line["message"]
    assert (line["history"]["first_code"], line["attempts"]) == ("timeout", 4)


def test_a_letter_that_lost_what_is_not_judged_is_driven_again(tmp_path: Path) -> None:
    record, _ = accept(validator(tmp_path), letter(redacted=["link"]))
    assert record.item_id == "1"
