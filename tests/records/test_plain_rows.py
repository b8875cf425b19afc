from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic_core import from_json

from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.items import Item, Record
from moderation.records.layout import Layout
from moderation.records.plain_rows import PlainRows
from moderation.records.rows import RawRow
from moderation.records.validate import Validator
from moderation.storage.parking import Parking
from tests.records.validating import MEME, PAIR

TELLING = st.sampled_from(
    [
        "https://a.example/b.jpg?token=1",
        "HTTPS://user:pass@a.example/",
        "//a.example/x?y=1",
        r"\\a.example\x?y=1",
        " https://a.example/?q=1 ",
        "data:image/png;base64,iVBORw0KGgo=",
        "data:,x",
        "jdbc:postgresql://u:p@h/db",
        "see https://a.example/?sig=1 there",
        "2026-11-28T20:15:00Z",
        "28/11/2026",
        "a.jpg?x-amz-signature=1",
        "x&token=1",
        '"https://a.example/?q=1"',
        "1http://u:p@h/?q",
        ":a:b",
        "gs:x?signature=1",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9aw",
        "https:\n//a.example/?q=1",
        "﻿http://a.example/?q=1",
    ]
)
TEXTS = st.one_of(st.text(max_size=80), TELLING, st.text("htps:/\\?&=;@.#x1 ", max_size=30))
VALUES = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(max_size=8),
    st.lists(TEXTS, max_size=2),
    st.dictionaries(st.text(max_size=3), TEXTS, max_size=2),
)
COLUMNS = st.sampled_from(
    ["label", "lang", "img", "image_1", "image_2", "text", "text_1", "text_2", "id", "id_1", "body"]
)
IDS = st.one_of(
    TEXTS, st.integers(), st.sampled_from(["7.0", " 7 ", "", " ", "x" * 257, 7.0, True])
)
LAYOUTS = st.sampled_from(
    [{}, {"columns": {"text": "body"}}, {"columns": {"label": "lang"}}, {"columns": {"id": ""}}]
)


class NoShortWay(PlainRows):
    def take(self, fields: Any) -> None:
        return None


def found_by(way: type[PlainRows], row: RawRow, *, layout: Layout, folder: str) -> Any:
    check = Validator(layout, Parking(folder))
    object.__setattr__(check, "_plain", way(layout))
    return check(row)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    fields = dict(draw(st.sampled_from([MEME, PAIR])))
    fields |= draw(st.dictionaries(COLUMNS | st.text(max_size=3), VALUES, max_size=3))
    for name in [name for name in fields if name.startswith("id")]:
        fields[name] = draw(IDS)
    return fields


@given(fields=rows(), layout=LAYOUTS)
@example(fields={**MEME, "note": "1:a//b?token=x"}, layout={})
@example(fields={**MEME, "text": "data:,x"}, layout={})
@example(fields={**PAIR, "body": "of a meme"}, layout={"columns": {"text": "body"}})
@example(fields={**PAIR, "body": "one", "text": "two"}, layout={"columns": {"text": "body"}})
def test_both_ways_lead_to_the_same(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, Any], layout: dict[str, Any]
) -> None:
    folder = str(tmp_path_factory.getbasetemp() / "parked")
    row = RawRow("/data/f.jsonl", 3, fields)
    by_long, by_short = (
        found_by(way, row, layout=Layout(**layout), folder=folder)
        for way in (NoShortWay, PlainRows)
    )
    assert by_short == by_long or repr(by_short) == repr(by_long)  # NaN is not itself


@given(value=TEXTS, column=st.sampled_from(["note", "image_1", "text_1", "label", "text"]))
def test_the_short_way_takes_no_row_that_loses_something(value: str, column: str) -> None:
    fields = {**MEME, column: value}
    taken = PlainRows(Layout()).take(fields)
    assume(taken is not None)
    made = found_by(NoShortWay, RawRow("f", 1, fields), layout=Layout(), folder="nowhere")
    assert isinstance(made, DeadLetter) or made[0].redacted == ()


@pytest.mark.parametrize("fields", [MEME, PAIR, {**PAIR, "lang": "en", "likes": 3, "at": "20:15"}])
def test_ordinary_rows_take_the_short_way(fields: dict[str, Any]) -> None:
    plain = PlainRows(Layout())
    assert plain.take(fields) is not None
    assert pickle.loads(pickle.dumps(plain)).take(fields) is not None


def test_columns_under_other_names_take_it_too() -> None:
    fields = {"key": "7", "img": None, "body": "hello", "at": "x"}
    layout = Layout(columns={"id": "key", "text": "body"})
    taken = PlainRows(layout).take(fields)
    assert taken is not None
    assert (taken.ids, taken.texts, taken.shape.extras) == (
        ["7"],
        {"text": "hello"},
        (("at", "at"),),
    )


@pytest.mark.parametrize(
    "change",
    [
        {"text": None},
        {"text": b"bytes"},
        {"id": 7.0},
        {"id": "7.0"},
        {"img": b"\x89PNG"},
        {"img": "https://a.example/b.png?token=1"},
        {"note": "https://a.example/?q=1"},
        {"note": [b"bytes"]},
    ],
)
def test_what_is_remarkable_goes_the_long_way(change: dict[str, Any]) -> None:
    assert PlainRows(Layout()).take({**MEME, **change}) is None


def test_a_record_and_its_item_are_as_ever(tmp_path: Path) -> None:
    check = Validator(Layout(), Parking(str(tmp_path)))
    found = check(RawRow("/data/f.jsonl", 3, {"id": 7, "img": None, "text": "hi", "lang": "en"}))
    assert isinstance(found, tuple)
    record, item = found
    assert (record.item_id, record.extras, record.redacted) == ("7", '{"lang":"en"}', ())
    assert record.body == '{"id":7,"img":null,"text":"hi","lang":"en"}'
    assert (Record.unpack(record.pack()), Item.unpack(item.pack())) == (record, item)


@pytest.mark.parametrize(
    ("value", "kept"),
    [("https://a.example/b.png?token=1", "https://a.example/b.png"), (b"\xf1", "bytes (1 bytes,")],
)
def test_a_renamed_column_of_another_kind_rides_along_without_its_secret(
    tmp_path: Path, value: str | bytes, kept: str
) -> None:
    check = Validator(Layout(columns={"image_1": "pic"}), Parking(str(tmp_path)))
    found = check(RawRow("/data/f.jsonl", 3, {**MEME, "img": None, "pic": value}))
    assert isinstance(found, tuple)
    extras = from_json(found[0].extras)
    assert extras["image_1"].startswith(kept)
    assert "token" not in extras["image_1"]
    assert found[0].redacted == ("pic",)
