"""Nothing that a fetcher would open leaves a record with its secrets."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from moderation.images.types import ImageRef
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.layout import parse_columns
from moderation.records.rows import BadRow
from schemas.codes import Code
from tests.faults.pictures import jpeg
from tests.records.validating import MEME, accept, reject, validator


def test_query_strings_and_userinfo_never_reach_the_body(tmp_path: Path) -> None:
    url = "https://cdn.example/a.png?token=hunter2#x"
    link = "https://user:pw@example.org/post"
    record, item = accept(validator(tmp_path), {**MEME, "img": url, "link": link})
    assert "hunter2" not in record.body + record.extras
    assert "pw@" not in record.body + record.extras
    assert set(record.redacted) == {"img", "link"}
    [image] = item.images
    assert isinstance(image, ImageRef)
    assert image.location == url
    assert "hunter2" not in image.reference


SIGNED = "https://h.example/a.jpg?sig=hunter2"


@pytest.mark.parametrize(
    "value",
    [
        f"{SIGNED} ",
        f" {SIGNED}",
        f"{SIGNED}\n",
        f"\ufeff{SIGNED}",
        "https://h.example/my file.jpg?sig=hunter2",
        "https://h.example/my\nfile.jpg?sig=hunter2",
        "HTTPS://H.example/a.jpg?sig=hunter2",
        "s3://user:hunter2@bucket/a.jpg",
        "//h.example/a.jpg?sig=hunter2",
        "ftp://user:hunter2@h.example/a.jpg",
        "wasbs://box@acc.example/a.jpg?sv=1&sig=hunter2",
        [SIGNED],
        {"url": f" {SIGNED}"},
        {"url": {"src": [f"{SIGNED}\t"]}},
    ],
)
@pytest.mark.parametrize("column", ["img", "link"])
def test_what_a_fetcher_would_open_is_redacted_in_every_column(
    tmp_path: Path, column: str, value: Any
) -> None:
    check = validator(tmp_path)
    record, item = accept(check, {**MEME, column: value})
    assert "hunter2" not in record.body + record.extras
    assert record.redacted == (column,)
    assert "hunter2" not in "".join(image.reference for image in item.images)
    lost = reject(check, {**MEME, "text": ["5"], column: value})
    assert "hunter2" not in str(lost)


@pytest.mark.parametrize("value", [f"[{SIGNED!r}]", f"![a]({SIGNED})", f"see {SIGNED}"])
def test_a_url_inside_an_image_column_is_redacted_wherever_it_stands(
    tmp_path: Path, value: str
) -> None:
    record, item = accept(validator(tmp_path), {**MEME, "img": value})
    assert "hunter2" not in record.body + "".join(image.reference for image in item.images)


def test_running_text_and_names_of_objects_keep_what_they_say(tmp_path: Path) -> None:
    kept = {
        "text": "https://t.example/x?y look at this?",
        "img": "gs://b/my memes/a #1?.png",
        "note": "really? see https://t.example/x?y",
        "token": "A" * 300,
    }
    record, item = accept(validator(tmp_path), {**MEME, **kept})
    assert json.loads(record.body) == {**MEME, **kept}
    assert (record.redacted, item.images[0].reference) == ((), kept["img"])


def test_texts_and_images_of_other_names_are_redacted_as_theirs(tmp_path: Path) -> None:
    check = validator(tmp_path, columns=parse_columns("text=body,img=pic"))
    text = "https://t.example/x?y look"
    record, _ = accept(check, {"id": 1, "body": text, "pic": f"see {SIGNED}"})
    assert json.loads(record.body)["body"] == text
    assert record.redacted == ("pic",)


@pytest.mark.parametrize(
    "raw",
    [
        '{"img": " https://h.example/a b.jpg?sig=hunter2", "x": ',
        '{"img": "\\nhttps:\\/\\/h.example\\/a.jpg?sig=hunter2", "x": ',
        "1,https://h.example/a b.jpg?sig=hunter2,hello",
        "1,s3://user:hunter2@bucket/a.jpg,hello",
        "1,//h.example/a.jpg?sig=hunter2,hello",
        '1,"//h.example/a\nb.jpg?sig=hunter2",hello',
        "1,data:image/png ;base64 ,hunter2AAAA,hello",
        "1,FTP://user:hunter2@h.example/a,hello",
    ],
)
def test_a_raw_line_is_redacted_as_its_columns_would_be(tmp_path: Path, raw: str) -> None:
    found = validator(tmp_path)(BadRow("f", 1, Code.INVALID_CSV, "bad", raw))
    assert isinstance(found, DeadLetter)
    assert "hunter2" not in str(found.line)
    assert str(found.line)[:3] == raw[:3]


def test_a_raw_line_without_secrets_stays_as_it_is(tmp_path: Path) -> None:
    raw = '{"img": "https://h.example/a.jpg", "text": "what? 1/2 // no", "x": '
    found = validator(tmp_path)(BadRow("f", 1, Code.INVALID_JSON, "bad", raw))
    assert isinstance(found, DeadLetter)
    assert found.line == raw


def test_base64_of_an_image_is_taken_out_of_raw_lines(tmp_path: Path) -> None:
    text = base64.b64encode(jpeg()).decode()
    found = validator(tmp_path)(BadRow("f", 1, Code.INVALID_CSV, "bad", f"1,{text},x"))
    assert isinstance(found, DeadLetter)
    assert found.line == "1,base64:…,x"


def test_a_raw_line_that_could_not_be_parsed_is_redacted_too(tmp_path: Path) -> None:
    raw = '{"img": "https://user:pw@cdn.example/a.png?token=hunter2", "text": '
    found = validator(tmp_path)(BadRow("f", 1, Code.INVALID_JSON, "bad", raw))
    assert isinstance(found, DeadLetter)
    assert found.line == '{"img": "https://cdn.example/a.png", "text": '
