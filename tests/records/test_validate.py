from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from moderation.images.types import ImageRef
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.ids import made_id
from moderation.records.items import Item, Record, RefusedImage
from moderation.records.layout import Layout, LayoutError, check_template, parse_columns
from moderation.records.rows import BadRow, RawRow
from moderation.records.validate import Validator
from moderation.storage.parking import Parking
from schemas.codes import Code, Stage
from schemas.records import Kind
from tests.faults.pictures import jpeg

MEME = {"id": 1, "img": "img/1.png", "text": "hello"}
PAIR = {
    "id_1": "1357120306201124864",
    "text_1": "rain",
    "image_1": "a.jpg",
    "id_2": 1357336804240707588,
    "text_2": "sun",
    "image_2": None,
}


def validator(tmp_path: Path, **layout: Any) -> Validator:
    return Validator(Layout(**layout), Parking(str(tmp_path / "parked")))


def accept(
    check: Validator, fields: dict[str, Any], source: str = "/data/f.jsonl"
) -> tuple[Record, Item]:
    found = check(RawRow(source, 3, fields))
    assert not isinstance(found, DeadLetter), found
    return found


def reject(check: Validator, fields: dict[str, Any]) -> DeadLetter:
    found = check(RawRow("/data/f.jsonl", 3, fields))
    assert isinstance(found, DeadLetter)
    return found


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


def test_images_named_by_tweet_id_are_found_under_the_root(tmp_path: Path) -> None:
    check = validator(tmp_path, image_root="/pics", image_template="{id}.{ext}")
    pair = {**PAIR, "image_2": "http://pbs.example/media/b.png?name=large"}
    images = accept(check, pair)[1].images
    assert [image.location for image in images if isinstance(image, ImageRef)] == [
        "/pics/1357120306201124864.jpg",
        "/pics/1357336804240707588.png",
    ]
    pair["image_1"] = "https://pbs.example/media/c?format=webp&name=large"
    pair["image_2"] = "https://pbs.example/media/d.jpeg:orig"
    images = accept(check, pair)[1].images
    assert [Path(image.location).suffix for image in images if isinstance(image, ImageRef)] == [
        ".webp",
        ".jpeg",
    ]
    with pytest.raises(LayoutError, match="only"):
        check_template("{name}.jpg")
    with pytest.raises(LayoutError, match="stay below"):
        check_template("../{id}.jpg")


def test_inline_bytes_are_parked_by_digest_and_leave_no_trace_in_the_record(tmp_path: Path) -> None:
    check = validator(tmp_path)
    data = b"\x89PNG secret pixels" * 20
    record, item = accept(check, {**MEME, "img": data})
    uri = "data:image/png;base64," + base64.b64encode(data).decode()
    record_2, item_2 = accept(check, {**MEME, "img": uri})
    [image] = item.images
    assert isinstance(image, ImageRef)
    assert Path(image.location).read_bytes() == data
    assert item.content_key == item_2.content_key
    assert record.redacted == ("img",)
    assert record_2.redacted == ("img",)
    for text in (record.body, record_2.body, str(item), str(item_2)):
        assert "secret" not in text
        assert uri[30:60] not in text


@pytest.mark.parametrize(
    "value",
    [
        {"src": "img/1.png", "height": 5, "width": 7},
        {"url": "img/1.png"},
        {"bytes": None, "path": "img/1.png"},
        ["img/1.png"],
        [None, {"url": "img/1.png"}],
        {"src": ["img/1.png"]},
    ],
)
def test_an_image_is_found_in_what_wraps_it(tmp_path: Path, value: Any) -> None:
    [image] = accept(validator(tmp_path), {**MEME, "img": value})[1].images
    assert image == ImageRef("img", "img/1.png", "/data/img/1.png", "/data")


@pytest.mark.parametrize(
    ("data", "is_reference"),
    [
        (b"img/1.png", True),
        ("bilder/gr\u00fcn.jpeg".encode(), True),
        (b"https://h.example/media/1", True),
        (b"no image", False),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", False),
        (b"GIF89a printable by chance", False),
    ],
)
def test_bytes_of_an_image_column_are_a_picture_unless_they_read_as_a_reference(
    tmp_path: Path, data: bytes, is_reference: bool
) -> None:
    [image] = accept(validator(tmp_path), {**MEME, "img": data})[1].images
    assert isinstance(image, ImageRef)
    assert (image.reference == data.decode()) == is_reference


@pytest.mark.parametrize("value", [[], [None], {}, {"src": None}, {"bytes": b"", "path": ""}, "  "])
def test_a_wrapping_around_nothing_names_no_image(tmp_path: Path, value: Any) -> None:
    assert accept(validator(tmp_path), {**MEME, "img": value})[1].images == ()


def test_one_image_has_one_identity_in_every_form_of_base64(tmp_path: Path) -> None:
    check, data = validator(tmp_path), jpeg()
    plain, safe = base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()
    forms = [
        data,
        plain,
        plain.encode(),
        safe.rstrip("="),
        f"data:image/jpeg;base64,{plain}",
        f" data:image/jpeg ;base64 ,{safe.rstrip('=')}",
        [{"url": f"data:image/jpeg;base64,{plain}"}],
    ]
    found = [accept(check, {**MEME, "img": form}) for form in forms]
    assert len({item.content_key for _, item in found}) == 1
    for record, item in found:
        [image] = item.images
        assert isinstance(image, ImageRef)
        assert Path(image.location).read_bytes() == data
        assert record.redacted == ("img",)
        assert plain[40:80] not in record.body + image.reference
        assert safe[40:80] not in record.body + image.reference


def test_base64_that_is_cut_is_refused_and_not_shown(tmp_path: Path) -> None:
    text = base64.b64encode(jpeg()).decode().rstrip("=")
    text = text[: len(text) // 4 * 4 - 3]
    record, item = accept(validator(tmp_path), {**MEME, "img": text})
    [image] = item.images
    assert isinstance(image, RefusedImage)
    assert image.code is Code.INVALID_REFERENCE
    assert text[40:80] not in record.body + image.reference


def test_half_a_character_in_a_data_uri_is_refused(tmp_path: Path) -> None:
    [image] = accept(validator(tmp_path), {**MEME, "img": "data:,\ud800"})[1].images
    assert isinstance(image, RefusedImage)


def test_a_reference_out_of_the_root_is_refused_without_losing_the_item(tmp_path: Path) -> None:
    _, item = accept(validator(tmp_path), {**MEME, "img": "../../etc/passwd"})
    [image] = item.images
    assert isinstance(image, RefusedImage)
    assert image.code is Code.OUTSIDE_ROOT


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
