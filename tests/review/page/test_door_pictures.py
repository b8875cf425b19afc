"""Pictures of a queue through the real door, wherever its records have them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from moderation.images.door import DoorOptions, ImageDoor
from moderation.records.layout import Layout
from moderation.review.page.pictures import DoorPictures, Gone, Picture
from moderation.review.page.record_images import RecordFile, RecordImages, rows_by_source
from moderation.review.page.renditions import Rendition
from moderation.review.queue.items import QueueItem
from moderation.storage.listing import input_file
from moderation.storage.parking import Parking
from schemas.verdicts import ReviewEntry
from tests.review.queues import meme

Shown = Callable[..., Picture]


def png(red: int = 200) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), (red, 10, 10)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def door() -> Iterator[ImageDoor]:
    with ImageDoor(DoorOptions(decode_threads=1)) as door:
        yield door


@pytest.fixture
def shown(tmp_path: Path, door: ImageDoor) -> Iterator[Shown]:
    opened: list[DoorPictures] = []

    def show(entry: ReviewEntry, **layout: Any) -> Picture:
        path = Path(entry.source)
        file = RecordFile(input_file(str(path), path.stat().st_size), Layout(**layout), 1 << 20)
        parking = Parking(str(tmp_path / "parked"))
        records = RecordImages({entry.source: file}, rows_by_source([QueueItem.of(entry)]), parking)
        opened.append(DoorPictures(door, records))
        return opened[-1].get(entry, entry.images[0]).result(timeout=60)

    yield show
    for each in opened:
        each.close()


def entry(source: Path, reference: str | None, data: bytes, **image: Any) -> ReviewEntry:
    digest = hashlib.sha256(data).hexdigest()
    images = [{"field": "img", "reference": reference, "status": "ok", "sha256": digest, **image}]
    return meme(1, source=str(source), row=2, images=images)


def jsonl(folder: Path, img: str) -> Path:
    path = folder / "memes.jsonl"
    rows = [{"id": n, "text": "t", "img": img if n == 1 else "other.png"} for n in range(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_picture_beside_its_record_is_shown_in_its_proportions(
    tmp_path: Path, shown: Shown
) -> None:
    (tmp_path / "a.png").write_bytes(png())
    found = shown(entry(jsonl(tmp_path, "a.png"), "a.png", png()))
    assert isinstance(found, Rendition)
    assert (found.width, found.height) == (60, 40)
    assert Image.open(io.BytesIO(found.clear)).getpixel((5, 5))[0] > 180  # type: ignore[index]


def test_a_picture_in_the_record_is_found_there(tmp_path: Path, shown: Shown) -> None:
    uri = "data:image/png;base64," + base64.b64encode(png()).decode()
    source = jsonl(tmp_path, uri)
    assert isinstance(shown(entry(source, "data:image/png;base64,…", png())), Rendition)


def test_bytes_in_a_column_are_found_there(tmp_path: Path, shown: Shown) -> None:
    source = tmp_path / "memes.parquet"
    rows = [{"id": str(n), "text": "t", "img": png(n)} for n in range(3)]
    pq.write_table(pa.Table.from_pylist(rows), source)
    assert isinstance(shown(entry(source, None, png(1))), Rendition)


def test_files_named_after_ids_are_found(tmp_path: Path, shown: Shown) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "1.png").write_bytes(png())
    source = jsonl(tmp_path, "elsewhere/9.png")
    layout = {"image_root": str(tmp_path / "pictures"), "image_template": "{id}.{ext}"}
    assert isinstance(shown(entry(source, "elsewhere/9.png", png()), **layout), Rendition)


def test_another_picture_than_the_judged_one_is_not_shown(tmp_path: Path, shown: Shown) -> None:
    (tmp_path / "a.png").write_bytes(png(30))
    found = shown(entry(jsonl(tmp_path, "a.png"), "a.png", png(200)))
    assert found == Gone("another picture lies there now than the one that was judged")


@pytest.mark.parametrize(
    ("reference", "data", "why"),
    [
        ("gone.png", None, "not_found"),
        ("../secret.png", None, "does not say where"),
        ("a.png", b"no picture at all, but long enough to be looked at", "unsupported_format"),
    ],
)
def test_what_cannot_be_had_says_why(
    tmp_path: Path, shown: Shown, reference: str, data: bytes | None, why: str
) -> None:
    if data is not None:
        (tmp_path / reference).write_bytes(data)
    found = shown(entry(jsonl(tmp_path, reference), reference, png(), sha256=None))
    assert isinstance(found, Gone)
    assert why in found.why


def test_a_picture_that_the_run_could_not_have_is_not_asked_for(
    tmp_path: Path, shown: Shown
) -> None:
    (tmp_path / "a.png").write_bytes(png())
    failed = {"status": "failed", "code": "timeout", "sha256": None}
    found = shown(entry(jsonl(tmp_path, "a.png"), "a.png", png(), **failed))
    assert found == Gone("the run could not have it either (timeout)")


def test_a_record_file_that_is_gone_costs_its_pictures_alone(tmp_path: Path, shown: Shown) -> None:
    source = jsonl(tmp_path, "a.png")
    asked = entry(source, None, png())
    source.write_text("")
    assert isinstance(shown(asked), Gone)
