from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from moderation.images.types import ImageRef
from moderation.records.first_rows import misfits
from moderation.records.layout import Layout, parse_columns
from moderation.records.paths import leads_somewhere, reached, steps_of
from moderation.records.rows import RawRow
from moderation.records.spans import plan_spans, read_span
from moderation.storage.listing import find_inputs
from tests.records.validating import accept, reject, validator

COLUMNS = "id=id_str,text=full_text,img=entities.media[0].media_url_https"
POST = {
    "id_str": "7",
    "full_text": "look",
    "entities": {"media": [{"media_url_https": "https://pics.example/7.jpg"}], "urls": []},
}


@pytest.mark.parametrize(
    ("column", "steps"),
    [
        ("a.b", ("a", "b")),
        ("entities.media[0].url", ("entities", "media", 0, "url")),
        ("list[-1]", ("list", -1)),
        ("grid[1][2]", ("grid", 1, 2)),
        ("full text.de", ("full text", "de")),
        ("plain", None),
        (".a", None),
        ("a.", None),
        ("a..b", None),
        ("a[x]", None),
        ("[0].a", None),
        ("a[0]b", None),
    ],
)
def test_a_path_is_names_and_places(column: str, steps: tuple[str | int, ...] | None) -> None:
    assert steps_of(column) == steps


@pytest.mark.parametrize(
    ("fields", "path", "value"),
    [
        ({"a": {"b": 1}}, "a.b", 1),
        ({"a.b": 2, "a": {"b": 1}}, "a.b", 2),
        ({"a": '{"b": [5, {"c": "x"}]}'}, "a.b[1].c", "x"),
        ({"a": [["b", 3], ["c", 4]]}, "a.c", 4),
        ({"a": [1, 2]}, "a[-1]", 2),
        ({"a": [1, 2]}, "a[2]", None),
        ({"a": "{broken"}, "a.b", None),
        ({"a": None}, "a.b", None),
    ],
)
def test_what_a_path_leads_to(fields: dict[str, Any], path: str, value: Any) -> None:
    assert reached(fields, [path])[path] == value


def test_a_column_that_no_row_has_adds_nothing() -> None:
    assert reached({"x": 1}, ["a.b"]) == {"x": 1}
    assert reached({"x": 1}, ["a.b"], columns=frozenset({"a"})) == {"x": 1, "a.b": None}
    assert not leads_somewhere({"a": {}}, "a.b")


def test_a_nested_record_is_judged_and_one_without_the_optional_part_is_text_alone(
    tmp_path: Path,
) -> None:
    check = validator(tmp_path, columns=parse_columns(COLUMNS))
    record, item = accept(check, POST)
    [image] = item.images
    assert (record.item_id, item.texts) == ("7", {"text": "look"})
    assert isinstance(image, ImageRef)
    assert image.location == "https://pics.example/7.jpg"
    assert json.loads(record.extras)["entities"] == POST["entities"]
    _, bare = accept(check, {**POST, "entities": {"urls": []}})
    assert bare.images == ()


def test_a_letter_of_a_nested_record_can_be_driven_again(tmp_path: Path) -> None:
    columns = parse_columns(COLUMNS)
    letter = reject(validator(tmp_path, columns=columns), {**POST, "full_text": {"no": "text"}})
    assert letter.body is not None
    mended = {**json.loads(letter.body), "full_text": "look"}
    _, item = accept(validator(tmp_path, columns=columns), mended)
    assert item == accept(validator(tmp_path, columns=columns), POST)[1]


def test_structs_lists_and_maps_of_parquet_are_gone_into(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id_str": ["7"],
            "full_text": pa.array([{"de": "hallo"}]),
            "entities": pa.array([{"media": [{"media_url_https": "a.jpg"}]}]),
            "more": pa.array([[("lang", "de")]], pa.map_(pa.string(), pa.string())),
        }
    )
    pq.write_table(table, tmp_path / "rows.parquet")
    [row] = rows_of(tmp_path / "rows.parquet")
    layout = Layout(columns=parse_columns(f"{COLUMNS},text=full_text.de,label=more.lang"))
    found = layout.rename(layout.reach(row).fields)
    assert (found["text"], found["img"], found["label"]) == ("hallo", "a.jpg", "de")
    assert layout.read_columns(["img"]) >= {"entities"}


def test_a_path_that_leads_nowhere_is_told_before_the_run(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(POST).encode()))
    files = find_inputs((str(path),)).files
    wrong = COLUMNS.replace("media[0]", "medium[0]")
    [told] = misfits(files, Layout(columns=parse_columns(wrong)), max_row_bytes=100_000)
    assert "img=entities.medium[0].media_url_https leads nowhere in its first 1 rows" in told
    assert misfits(files, Layout(columns=parse_columns(COLUMNS)), max_row_bytes=100_000) == []


def rows_of(path: Path) -> list[RawRow]:
    [file] = find_inputs((str(path),)).files
    found = [row for span in plan_spans(file) for row in read_span(span, max_row_bytes=1 << 20)]
    return [row for row in found if isinstance(row, RawRow)]
