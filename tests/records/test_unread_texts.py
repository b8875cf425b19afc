"""A meme without a text: empty as it always was, or left to be read from its picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.records.layout import Layout
from moderation.records.validate import Validator
from moderation.storage.parking import Parking
from schemas.codes import Code
from tests.records.validating import MEME, PAIR, accept, reject, validator

NULL = {**MEME, "text": None}
MISSING = {"id": 1, "img": "img/1.png"}


def reading(tmp_path: Path, digest: str = "d1") -> Validator:
    return Validator(Layout(), Parking(str(tmp_path)), text_reader=digest)


@pytest.mark.parametrize("fields", [NULL, MISSING, {**MEME, "text": float("nan")}])
def test_a_text_that_is_null_or_missing_is_left_to_be_read(tmp_path: Path, fields: dict) -> None:
    _, item = accept(reading(tmp_path), fields)
    assert item.texts == {}
    assert item.unpack(item.pack()) == item


def test_a_given_text_is_never_read_over_even_where_it_is_empty(tmp_path: Path) -> None:
    for text in ("hello", ""):
        plain, read = validator(tmp_path), reading(tmp_path)
        [(_, one), (_, other)] = [accept(each, {**MEME, "text": text}) for each in (plain, read)]
        assert one == other


def test_pairs_are_as_they_were(tmp_path: Path) -> None:
    fields = {**PAIR, "text_1": None}
    assert accept(reading(tmp_path), fields)[1] == accept(validator(tmp_path), fields)[1]


def test_what_is_read_is_another_item_and_another_with_another_reader(tmp_path: Path) -> None:
    checks = [validator(tmp_path), reading(tmp_path), reading(tmp_path, "d2")]
    keys = [accept(check, NULL)[1].content_key for check in checks]
    assert len(set(keys)) == 3
    assert accept(reading(tmp_path), MISSING)[1].content_key == keys[1]


def test_a_text_under_another_name_is_still_missed(tmp_path: Path) -> None:
    caption = "a whole sentence that somebody typed"
    letter = reject(reading(tmp_path), {**MISSING, "caption": caption})
    assert letter.code is Code.MISSING_FIELD
    assert "text=caption" in letter.message


def test_neither_text_nor_picture_is_no_record(tmp_path: Path) -> None:
    assert reject(reading(tmp_path), {**NULL, "img": None}).code is Code.MISSING_FIELD
