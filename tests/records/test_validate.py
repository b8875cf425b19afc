"""Which records are items, and what is said of those that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from moderation.images.types import ImageRef
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.ids import made_id
from moderation.records.items import Record
from moderation.records.layout import LayoutError, parse_columns
from moderation.records.rows import RawRow
from schemas.codes import Code, Stage
from schemas.records import Kind
from tests.records.validating import MEME, PAIR, accept, reject, validator


def test_the_public_layouts_are_recognised_and_numeric_ids_survive(tmp_path: Path) -> None:
    check = validator(tmp_path)
    meme, meme_item = accept(check, MEME)
    pair, pair_item = accept(check, PAIR)
    assert (meme.kind, meme.item_id) == (Kind.MEME, "1")
    assert (pair.kind, pair.item_id) == (
        Kind.TWEET_PAIR,
        "1357120306201124864:1357336804240707588",
    )
    assert meme_item.images == (ImageRef("img", "img/1.png", "/data/img/1.png", "/data"),)
    assert [image.field for image in pair_item.images] == ["image_1"]


def test_equal_content_has_one_key_whatever_its_id_and_other_columns(tmp_path: Path) -> None:
    check = validator(tmp_path)
    key = accept(check, MEME)[1].content_key
    assert accept(check, {**MEME, "id": 2, "lang": "en", "label": 1})[1].content_key == key
    assert accept(check, {**MEME, "text": "hello "})[1].content_key != key
    assert accept(check, {**MEME, "img": "img/2.png"})[1].content_key != key


@pytest.mark.parametrize(
    ("given", "kept", "text"),
    [
        (["doubt", "fear"], ("doubt", "fear"), '["doubt","fear"]'),
        ([], (), "[]"),
        ([1, "x"], ("1", "x"), '["1","x"]'),
        ([None], None, None),
        (1, "1", "1"),
        ("", None, None),
    ],
)
def test_a_label_may_be_a_list_of_names_and_survives_the_shuffle(
    tmp_path: Path, given: Any, kept: Any, text: str | None
) -> None:
    record, _ = accept(validator(tmp_path), {**MEME, "label": given})
    assert (record.label, record.label_text) == (kept, text)
    assert Record.unpack(record.pack()) == record
    packed = json.loads(json.dumps(record.pack()))
    assert Record.unpack(tuple(packed)).label == record.label


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"id": None}, Code.MISSING_FIELD, "'id'"),
        ({"id": 1.5e18}, Code.WRONG_TYPE, "loses digits"),
        ({"id": True}, Code.WRONG_TYPE, "'id' is bool"),
        ({"id": "x" * 300}, Code.INVALID_VALUE, "over 256"),
        ({"id": 10**5000}, Code.INVALID_VALUE, "over 256"),
        ({"text": None, "img": None}, Code.MISSING_FIELD, "'text' is null"),
        ({"text": ["a"]}, Code.WRONG_TYPE, "'text' is list"),
        ({"text": b"caf\xe9"}, Code.INVALID_VALUE, "'text' holds bytes that are not UTF-8"),
        ({"img": ["a", "b", None]}, Code.WRONG_TYPE, "'img' is a list of 2 images"),
        ({"img": {"caption": "a"}}, Code.WRONG_TYPE, "lies under one of bytes, path, src, url"),
        ({"img": 7}, Code.WRONG_TYPE, "'img' is int"),
    ],
)
def test_a_wrong_field_is_named(
    tmp_path: Path, change: dict[str, Any], code: Code, words: str
) -> None:
    found = reject(validator(tmp_path), {**MEME, **change})
    assert (found.stage, found.code, found.row) == (Stage.VALIDATE, code, 3)
    assert words in found.message


def test_a_missing_column_is_missing_but_null_says_there_is_none(tmp_path: Path) -> None:
    check = validator(tmp_path)
    assert reject(check, {"id": 1, "text": "x"}).code is Code.MISSING_FIELD
    assert accept(check, {"id": 1, "text": "x", "img": ""})[1].images == ()


def test_columns_of_no_kind_say_what_is_wanted(tmp_path: Path) -> None:
    found = reject(validator(tmp_path), {"caption": "x"})
    assert found.code is Code.UNKNOWN_KIND
    assert "--columns" in found.message


def test_columns_go_by_other_names_where_told(tmp_path: Path) -> None:
    check = validator(tmp_path, columns=parse_columns("text=body,id=key,img=pic"))
    record, item = accept(check, {"key": "7", "body": "hi", "pic": "x.png", "lang": "en"})
    assert (record.item_id, item.texts) == ("7", {"text": "hi"})
    assert json.loads(record.extras) == {"lang": "en"}
    with pytest.raises(LayoutError, match="no field 'txt'"):
        parse_columns("txt=body")


def test_records_without_images_and_ids_are_taken_where_told(tmp_path: Path) -> None:
    check = validator(tmp_path, record_kind=Kind.MEME, columns=parse_columns("id=,img="))
    record, item = accept(check, {"text": "hi"}, source="/data/posts.csv")
    assert (record.item_id, item.images) == (made_id("/data/posts.csv", 3), ())
    _, item = accept(
        validator(tmp_path, columns=parse_columns("text=")),
        {"id": 1, "img": "a.png", "note": "some words that are no text"},
    )
    assert item.texts == {"text": ""}
    with pytest.raises(LayoutError, match="needs 'label'"):
        parse_columns("label=")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"text": None}, ""),
        ({"text": 1984}, "1984"),
        ({"text": 1984.0}, "1984"),
        ({"text": 1.5}, "1.5"),
        ({"text": True}, "true"),
        ({"text": "café".encode()}, "café"),
        ({"img": b"img/1.png"}, "hi"),
        ({"far": float("inf")}, "hi"),
    ],
)
def test_a_text_is_judged_however_it_is_typed(
    tmp_path: Path, change: dict[str, Any], text: str
) -> None:
    record, item = accept(validator(tmp_path), {"id": 1, "text": "hi", "img": "img/1.png"} | change)
    assert item.texts == {"text": text}
    assert [image.location for image in item.images if isinstance(image, ImageRef)] == [
        "/data/img/1.png"
    ]
    assert json.loads(record.body)["id"] == 1
    assert "Infinity" not in record.extras


def test_a_post_lacks_its_text_where_others_of_its_file_have_one(tmp_path: Path) -> None:
    fields = {"id": 1, "img": "a.png", "lang": "en"}
    check = validator(tmp_path)
    for columns in (frozenset({"id", "img", "text"}), None):
        found = check(RawRow("/data/f.jsonl", 3, fields, columns))
        assert not isinstance(found, DeadLetter)
        assert found[1].texts == {"text": ""}
    assert "--columns text=" in reject(check, fields).message
    told = validator(tmp_path, record_kind=Kind.MEME, columns=parse_columns("text="))
    assert accept(told, fields)[1].texts == {"text": ""}


def test_a_column_that_may_be_the_text_is_named(tmp_path: Path) -> None:
    check = validator(tmp_path)
    for column, value in (("Text", "hi"), ("inhalt", "vier Worte oder mehr")):
        found = reject(check, {"id": 1, "img": "a.png", column: value})
        assert found.code is Code.MISSING_FIELD
        assert f"--columns text={column}" in found.message
