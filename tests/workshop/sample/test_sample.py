"""The built-in sample is what its README says, and can be drawn again."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from moderation.samples import SAMPLE_DIR, sample_inputs
from schemas.records import ENTAILMENT_LABELS
from workshop.sample.draw import draw_all
from workshop.sample.drawing.meme_pictures import MEME_PICTURES

IMAGES = SAMPLE_DIR / "images"
NOT_PICTURES = {"broken_upload.jpg", "not_a_picture.png"}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("drawn")
    draw_all(out)
    return out


@pytest.fixture(scope="module")
def pairs() -> list[dict[str, str]]:
    with (SAMPLE_DIR / "tweet_pairs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def memes() -> list[dict[str, Any] | None]:
    """One entry per line; None for a line that is not JSON."""
    rows: list[dict[str, Any] | None] = []
    for line in (SAMPLE_DIR / "memes.jsonl").read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            rows.append(None)
    return rows


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_inputs_are_files_of_the_three_formats() -> None:
    inputs = [Path(name) for name in sample_inputs()]
    assert {path.suffix for path in inputs} == {".csv", ".jsonl", ".parquet"}
    assert all(path.is_file() for path in inputs)


def test_the_sample_is_named_without_loading_a_heavy_package() -> None:
    code = (
        "import sys; from moderation.samples import sample_inputs; sample_inputs(); "
        "sys.exit(bool({'PIL', 'pyarrow', 'apache_beam', 'tensorflow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_drawing_again_gives_the_same_file_names(drawn: Path) -> None:
    assert names(drawn / "images") == names(IMAGES)


def test_drawing_again_gives_the_same_pictures(drawn: Path) -> None:
    for name in sorted(names(IMAGES) - NOT_PICTURES):
        with Image.open(IMAGES / name) as kept, Image.open(drawn / "images" / name) as fresh:
            assert kept.size == fresh.size, name
            difference = ImageChops.difference(kept.convert("RGB"), fresh.convert("RGB"))
            # Another FreeType or libjpeg may move an edge by a shade, and no more than that.
            assert max(ImageStat.Stat(difference).mean) < 1.0, f"{name}: draw the sample again"


def test_two_drawings_are_equal_to_the_byte(drawn: Path, tmp_path: Path) -> None:
    draw_all(tmp_path)
    for name in names(drawn / "images"):
        again = (tmp_path / "images" / name).read_bytes()
        assert again == (drawn / "images" / name).read_bytes(), name


def test_every_picture_decodes_and_the_two_others_do_not() -> None:
    for name in names(IMAGES) - NOT_PICTURES:
        with Image.open(IMAGES / name) as image:
            image.load()
    with (
        pytest.raises(OSError, match="truncated"),
        Image.open(IMAGES / "broken_upload.jpg") as image,
    ):
        image.load()
    with pytest.raises(OSError, match="cannot identify"):
        Image.open(IMAGES / "not_a_picture.png")


def test_the_formats_are_mixed() -> None:
    formats: Counter[str | None] = Counter()
    for name in names(IMAGES) - NOT_PICTURES:
        with Image.open(IMAGES / name) as image:
            formats[image.format] += 1
    assert set(formats) == {"JPEG", "PNG", "WEBP", "GIF"}
    with Image.open(IMAGES / "sunrise_hills.jpg") as turned:
        assert turned.width < turned.height
        upright = ImageOps.exif_transpose(turned)
        assert upright.width > upright.height
    with Image.open(IMAGES / "chart_bicycles.png") as chart:
        assert chart.mode == "P"


def test_no_picture_is_noise_or_a_blank() -> None:
    for name in names(IMAGES) - NOT_PICTURES:
        with Image.open(IMAGES / name) as image:
            grey = image.convert("L").resize((64, 64), Image.Resampling.BOX)
        steps = [
            abs(grey.getpixel((x, y)) - grey.getpixel((x + 1, y)))  # type: ignore[operator]
            for x in range(63)
            for y in range(64)
        ]
        assert ImageStat.Stat(grey).stddev[0] > 8, f"{name} is almost one colour"
        assert sum(steps) / len(steps) < 25, f"{name} has no smooth parts"


def test_the_sample_is_small() -> None:
    files = [*IMAGES.iterdir(), *map(Path, sample_inputs())]
    assert sum(path.stat().st_size for path in files) < 1_500_000


def test_the_rows_are_those_the_readme_counts(
    pairs: list[dict[str, str]], memes: list[dict[str, Any] | None]
) -> None:
    inline = pq.read_table(SAMPLE_DIR / "inline_pairs.parquet")
    counts = (len(pairs), len(memes), inline.num_rows)
    assert counts == (18, 24, 4)
    readme = (SAMPLE_DIR / "README.md").read_text(encoding="utf-8")
    assert f"{sum(counts)} rows" in readme
    for count, what in zip(counts, ("tweet pairs", "memes", "tweet pairs"), strict=True):
        assert f"{count} {what}" in readme
    assert f"{len(names(IMAGES) - NOT_PICTURES)} pictures" in readme


def test_the_faults_lie_where_the_readme_says(
    pairs: list[dict[str, str]], memes: list[dict[str, Any] | None]
) -> None:
    content = ("text_1", "image_1", "text_2", "image_2")
    assert [pairs[14][field] for field in content] == [pairs[2][field] for field in content]
    assert pairs[14]["id_1"] != pairs[2]["id_1"]
    assert not (SAMPLE_DIR / pairs[15]["image_1"]).exists()
    assert pairs[16]["image_1"].startswith("http://127.0.0.1/")
    assert pairs[17]["image_1"] == "images/broken_upload.jpg"

    first, ninth, last = memes[0], memes[8], memes[23]
    assert first is not None
    assert ninth is not None
    assert last is not None
    assert (first["img"], first["text"]) == (ninth["img"], ninth["text"])
    assert first["id"] != ninth["id"]
    assert [line for line, meme in enumerate(memes, 1) if meme is None] == [14]
    assert [line for line, meme in enumerate(memes, 1) if meme and "text" not in meme] == [18]
    assert last["img"] == "images/not_a_picture.png"


def test_every_other_image_is_there_and_every_picture_is_used(
    pairs: list[dict[str, str]], memes: list[dict[str, Any] | None]
) -> None:
    used = {row[field] for row in pairs for field in ("image_1", "image_2")}
    used |= {row["img"] for row in memes if row}
    missing = {name for name in used if not (SAMPLE_DIR / name).is_file()}
    assert missing == {"images/deleted_by_author.jpg", "http://127.0.0.1/admin/selfie.jpg"}
    assert {f"images/{name}" for name in names(IMAGES)} <= used


def test_a_memes_text_is_what_stands_on_its_picture(memes: list[dict[str, Any] | None]) -> None:
    captions = {f"images/{picture.name}": " ".join(picture.caption) for picture in MEME_PICTURES}
    for meme in memes:
        if meme and "text" in meme and meme["img"] in captions:
            assert meme["text"] == captions[meme["img"]]


def test_ids_and_labels_are_like_the_public_ones(
    pairs: list[dict[str, str]], memes: list[dict[str, Any] | None]
) -> None:
    ids = [row[field] for row in pairs for field in ("id_1", "id_2")]
    assert len(set(ids)) == len(ids)
    assert all(len(one) == 19 and int(float(one)) != int(one) for one in ids), "a double holds one"
    assert {row["label"] for row in pairs} == set(ENTAILMENT_LABELS)
    assert {meme["label"] for meme in memes if meme} == {0, 1}
    assert any("\n" in row["text_1"] for row in pairs)
    assert any("&amp;" in row["text_1"] for row in pairs)


def test_the_inline_pairs_carry_pictures_as_bytes() -> None:
    table = pq.read_table(SAMPLE_DIR / "inline_pairs.parquet")
    assert str(table.schema.field("id_1").type) == "int64"
    assert str(table.schema.field("image_1").type) == "binary"
    blobs = table["image_1"].to_pylist() + table["image_2"].to_pylist()
    assert blobs.count(None) == 1
    for blob in filter(None, blobs):
        with Image.open(io.BytesIO(blob)) as image:
            image.load()
