"""Dead letters as input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from moderation.images.types import ImageRef
from schemas.codes import Code
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
    }
    return {**base, **change}


def test_a_dead_letter_is_driven_again_with_paths_relative_to_its_first_source(
    tmp_path: Path,
) -> None:
    record, item = accept(validator(tmp_path), letter())
    assert (record.source, record.row) == ("/data/f.jsonl", 3)
    [image] = item.images
    assert isinstance(image, ImageRef)
    assert image.location == "/elsewhere/img/1.png"


def test_a_letter_that_lost_something_names_the_row_to_run_again(tmp_path: Path) -> None:
    found = reject(validator(tmp_path), letter(redacted=["img"]))
    assert found.code is Code.REDACTED_RECORD
    assert "/elsewhere/memes.jsonl, row 9" in found.message


def test_a_letter_that_lost_what_is_not_judged_is_driven_again(tmp_path: Path) -> None:
    record, _ = accept(validator(tmp_path), letter(redacted=["link"]))
    assert record.item_id == "1"


def test_a_letter_about_an_unreadable_line_stays_one(tmp_path: Path) -> None:
    found = reject(validator(tmp_path), letter(record='{"id": ', code="invalid_json"))
    assert (found.code, found.line) == (Code.INVALID_JSON, '{"id": ')
