from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from moderation.exports.images import ImageLost, ImagePlacer
from schemas.codes import Code


def picture(path: Path) -> str:
    Image.new("L", (4, 4), 9).save(path, format="PNG")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def placer(tmp_path: Path) -> ImagePlacer:
    return ImagePlacer(str(tmp_path / "data"), copy=True)


def test_a_local_image_is_copied_under_its_digest(tmp_path: Path, placer: ImagePlacer) -> None:
    digest = picture(tmp_path / "a.png")
    where = ("a.png", str(tmp_path / "a.png"), str(tmp_path))
    for _ in range(2):
        placed = placer.place("img", "a.png", where, digest)
        assert placed.reference == f"images/{digest[:2]}/{digest}.png"
    copy = tmp_path / "data" / str(placed.reference)
    assert copy.read_bytes() == (tmp_path / "a.png").read_bytes()
    assert len(list((tmp_path / "data").rglob("*.*"))) == 1


def test_inline_bytes_become_a_file_whatever_was_asked(tmp_path: Path) -> None:
    digest = picture(tmp_path / "parked")
    placer = ImagePlacer(str(tmp_path / "data"), copy=False)
    placed = placer.place("img", None, (None, str(tmp_path / "parked"), None), digest)
    assert (tmp_path / "data" / str(placed.reference)).exists()


@pytest.mark.parametrize(
    ("written", "location", "reference"),
    [
        ("https://a.example/x.png?sig=1", "https://a.example/x.png?sig=1", None),
        ("x.png", "gs://bucket/records/x.png", "gs://bucket/records/x.png"),
    ],
)
def test_a_far_image_keeps_a_reference_that_leads_to_it(
    placer: ImagePlacer, written: str, location: str, reference: str | None
) -> None:
    placed = placer.place("img", written, (written, location, None), "0" * 64)
    assert placed.reference == (reference or written)


def test_kept_images_are_named_by_their_absolute_path(tmp_path: Path) -> None:
    digest = picture(tmp_path / "a.png")
    placer = ImagePlacer(str(tmp_path / "data"), copy=False)
    placed = placer.place("img", "a.png", ("a.png", f"{tmp_path}/a.png", str(tmp_path)), digest)
    assert placed.reference == f"{tmp_path}/a.png"


def test_an_image_that_was_exchanged_or_lost_since_the_run_is_told(
    tmp_path: Path, placer: ImagePlacer
) -> None:
    picture(tmp_path / "a.png")
    for name, code in (("a.png", Code.SOURCE_CHANGED), ("gone.png", Code.NOT_FOUND)):
        with pytest.raises(ImageLost, match="img: ") as lost:
            placer.place("img", name, (name, str(tmp_path / name), str(tmp_path)), "0" * 64)
        assert lost.value.code is code


def test_an_image_that_the_run_could_not_have_either_keeps_its_reference(
    tmp_path: Path, placer: ImagePlacer
) -> None:
    where = ("gone.png", str(tmp_path / "gone.png"), str(tmp_path))
    assert placer.place("img", "gone.png", where, None).reference == "gone.png"


def test_a_link_out_of_the_image_root_is_not_followed(tmp_path: Path, placer: ImagePlacer) -> None:
    (tmp_path / "inside").mkdir()
    digest = picture(tmp_path / "secret.png")
    (tmp_path / "inside" / "a.png").symlink_to(tmp_path / "secret.png")
    where = ("a.png", str(tmp_path / "inside" / "a.png"), str(tmp_path / "inside"))
    with pytest.raises(ImageLost) as lost:
        placer.place("img", "a.png", where, digest)
    assert lost.value.code is Code.OUTSIDE_ROOT
