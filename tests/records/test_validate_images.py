"""How an image is named in a record."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from moderation.images.types import ImageRef
from moderation.records.items import RefusedImage
from moderation.records.layout import LayoutError, check_template
from schemas.codes import Code
from tests.faults.pictures import jpeg
from tests.records.validating import MEME, PAIR, accept, validator


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
