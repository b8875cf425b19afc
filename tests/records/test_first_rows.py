from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from moderation.records.first_rows import misfits
from moderation.records.layout import Layout, parse_columns
from moderation.storage.listing import find_inputs
from schemas.records import Kind


def look(path: Path, **options: Any) -> list[str]:
    files = find_inputs((str(path),)).files
    return misfits(files, Layout(**options), max_row_bytes=100_000)


def jsonl(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ({"ID": 1, "TEXT": "hi", "IMG": None}, "id=ID,text=TEXT,img=IMG"),
        ({"tweet_id": 1, "tweet_text": "hi", "media_url": None},
         "id=tweet_id,text=tweet_text,img=media_url"),
        ({"post_id": 1, "body": "hi"}, "id=post_id,text=body,img="),
        ({"key": 1, "inhalt": "mehr als drei Worte", "bild": None}, "id=key,text=inhalt,img="),
        ({"id1": 1, "id2": 2, "tweet1": "a", "tweet2": "b", "image1": None, "image2": None},
         "id_1=id1,id_2=id2,text_1=tweet1,text_2=tweet2,image_1=image1,image_2=image2"),
    ],
)  # fmt: skip
def test_columns_that_fit_nothing_are_named_with_the_line_that_helps(
    tmp_path: Path, row: dict[str, Any], columns: str
) -> None:
    path = jsonl(tmp_path / "rows.jsonl", row, row)
    [told] = look(path)
    assert all(name in told for name in row)
    assert "wanted: " in told
    assert f"--columns {columns}" in told
    assert look(path, columns=parse_columns(columns)) == []


def test_one_row_that_fits_is_enough_and_no_row_is_no_misfit(tmp_path: Path) -> None:
    fits = {"id": 1, "text": "hi", "img": None}
    assert look(jsonl(tmp_path / "a.jsonl", {"x": 1}, fits)) == []
    assert look(jsonl(tmp_path / "b.jsonl")) == []


def test_a_file_of_one_column_is_asked_for_its_separator(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id#text#img\n1#hi#\n")
    [told] = look(path, record_kind=Kind.MEME)
    assert "it has one column" in told
    assert "id#text#img" in told


def test_records_within_an_object_are_asked_for_alone(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps({"version": 1, "data": [{"id": 1, "text": "hi", "img": None}]}))
    [told] = look(path, record_kind=Kind.MEME)
    assert "'data' holds records" in told


def test_an_image_in_a_row_is_written_nowhere(tmp_path: Path) -> None:
    before = jsonl(tmp_path / "a.jsonl", {"id": 1, "text": "", "img": "data:image/png;base64,AAAA"})
    assert look(before) == []
    assert [*tmp_path.iterdir()] == [before]


def test_a_file_that_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"PAR1 and no more")
    [told] = look(path)
    assert told.startswith(f"{path}: cannot be read as parquet")
    assert told.count(str(path)) == 1
