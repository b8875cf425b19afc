"""What else is made of a picture: from one reading, once, and with no trace in a model's pixels."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from moderation.images.decoding.decode import decode
from moderation.images.door import ImageDoor
from moderation.images.further import NotMade
from moderation.images.options import DoorOptions
from moderation.images.references import locate
from moderation.images.types import DecodedImage, ImageOutcome, Target
from tests.faults.pictures import encoded

CALLS: dict[str, list[tuple[int, ...]]] = {}


@dataclass(frozen=True)
class Mean:
    """Its maker gives the mean colour and notes what it was shown."""

    least_px: int
    name: str = "mean"
    fails: bool = False

    def open(self) -> _MeanMaker:
        return _MeanMaker(self, CALLS.setdefault(self.name, []))


@dataclass
class _MeanMaker:
    asked: Mean
    shown: list[tuple[int, ...]]
    lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self, pixels: np.ndarray) -> list[int]:
        with self.lock:
            self.shown.append(pixels.shape)
        if self.asked.fails:
            raise LookupError("not this one")
        return [int(value) for value in pixels.mean((0, 1)).round()]

    def close(self) -> None:
        self.shown.append(())


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    CALLS.clear()
    yield
    CALLS.clear()


def ramp(width: int, height: int) -> Image.Image:
    across = np.linspace(0, 255, width, dtype=np.uint8)
    return Image.fromarray(np.stack([np.tile(across, (height, 1))] * 3, axis=-1))


def image(outcome: ImageOutcome) -> DecodedImage:
    assert isinstance(outcome, DecodedImage), outcome
    return outcome


PICTURES = {
    "JPEG": lambda: encoded(ramp(900, 600), "JPEG"),
    "PNG with a palette": lambda: encoded(ramp(900, 600).quantize(16), "PNG"),
    "small": lambda: encoded(ramp(90, 60), "PNG"),
    "turned": lambda: encoded(ramp(600, 900), "JPEG", exif=turned()),
}


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("processes", [True, False])
def test_a_larger_picture_leaves_the_models_pixels_as_they_are(name: str, processes: bool) -> None:
    data = PICTURES[name]()
    plain, further = Target(24, 32), Target(24, 32, further=(Mean(400),))
    if processes:
        with ImageDoor(DoorOptions(decoders="processes", decode_threads=1)) as door:
            ref = locate("img", _uri(data), root="/")
            alone, beside = (image(door.submit(ref, t).result(30)) for t in (plain, further))
        shape = CALLS["mean"][0]
        assert beside.larger is None, "it is not kept"
        assert len(beside.made["mean"]) == 3
    else:
        alone, beside = image(decode(data, plain)), image(decode(data, further))
        assert beside.larger is not None
        assert not beside.larger.flags.writeable
        shape = beside.larger.shape
    np.testing.assert_array_equal(alone.pixels, beside.pixels)
    assert shape == ((60, 90, 3) if name == "small" else (267, 400, 3))


def test_a_larger_picture_is_what_it_should_be() -> None:
    larger = image(decode(PICTURES["JPEG"](), Target(8, 8, further=(Mean(450),)))).larger
    assert larger is not None
    np.testing.assert_allclose(larger[150, :, 0], np.linspace(0, 255, 450), atol=4)


def test_equal_pictures_are_shown_to_a_maker_once_and_one_that_fails_costs_no_picture(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.png").write_bytes(PICTURES["small"]())
    (tmp_path / "b.png").write_bytes(PICTURES["small"]())
    broken = Mean(80, "broken", fails=True)
    target = Target(8, 8, further=(Mean(50), broken))
    with ImageDoor(DoorOptions(decoders="threads")) as door:
        asked = [locate("img", name, root=str(tmp_path)) for name in ("a.png", "b.png", "a.png")]
        found = [image(door.submit(ref, target).result(30)) for ref in asked]
        without = image(door.submit(asked[0], replace(target, further=())).result(30))
    assert CALLS["mean"] == [(53, 80, 3), ()], "shown once, then closed"
    assert {tuple(each.made["mean"]) for each in found} == {(127, 127, 127)}
    assert all("not this one" in each.made["broken"].reason for each in found)
    assert isinstance(found[0].made["broken"], NotMade)
    assert without.made == {}


def _uri(data: bytes) -> str:
    import base64

    return f"data:image/png;base64,{base64.b64encode(data).decode()}"
