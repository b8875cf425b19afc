"""Reading in processes: a picture's text is all that a death or a hang costs."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from moderation.images.door import ImageDoor
from moderation.images.options import DoorOptions
from moderation.images.types import DecodedImage, Target
from moderation.ocr.model import OcrError, installed
from moderation.ocr.reader import NAME, Reader, ReadText, expect_works
from moderation.ocr.types import Ending, Reading
from tests.images.doors import inline

STAND_IN = ReadText(processes=1, clock_s=1.0, function="tests.ocr.stand_ins:read")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made = STAND_IN.open()
    yield made
    made.close()


def picture(what: int) -> np.ndarray:
    return np.full((20, 30, 3), what, np.uint8)


@pytest.mark.parametrize(
    ("what", "ending"),
    [(1, Ending.CRASHED), (2, Ending.TIMED_OUT), (3, Ending.FAILED), (4, Ending.EMPTY)],
)
def test_a_reader_that_ends_hangs_or_raises_costs_one_text(
    reader: Reader, what: int, ending: Ending
) -> None:
    assert reader.make(picture(what)) == Reading(ending)
    assert reader.make(picture(9)).text == "a picture 30 by 20"


def test_a_strip_is_not_read(reader: Reader) -> None:
    assert reader.make(np.full((11, 300, 3), 9, np.uint8)) == Reading(Ending.EMPTY)


def test_where_no_process_starts_nothing_is_read_and_nothing_raised() -> None:
    reader = ReadText(processes=1, function="no_such_module:read").open()
    assert reader.make(picture(9)) == Reading(Ending.FAILED)
    reader.close()


def test_a_reader_that_cannot_work_is_told_before_any_picture() -> None:
    with pytest.raises(OcrError, match=r"ocr auto: pictures cannot be read here: .*no_such_module"):
        expect_works(ReadText(function="no_such_module:read"))
    expect_works(STAND_IN)


def test_where_it_is_not_installed_one_line_says_what_to_do() -> None:
    asked = "from moderation.ocr.model import installed; installed()"
    bare = subprocess.run(  # without what is installed beside Python itself
        [sys.executable, "-S", "-c", asked], capture_output=True, text=True, timeout=60, check=False
    )
    assert "ocr auto reads pictures with rapidocr and onnxruntime" in bare.stderr
    assert "pip install '.[ocr]'" in bare.stderr.splitlines()[-1]


def drawn(*lines: str) -> bytes:
    """A picture with lines of text, as a meme has them."""
    image = Image.new("RGB", (640, 480), (40, 70, 110))
    draw = ImageDraw.Draw(image)
    for number, text in enumerate(lines):
        draw.text((40, 40 + 150 * number), text, (255, 255, 255), ImageFont.load_default(44))
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def test_what_stands_in_a_picture_is_read_and_nothing_is_read_in_a_plain_one() -> None:
    wanted = Target(8, 8, further=(ReadText(processes=1),))
    with ImageDoor(DoorOptions(decoders="threads")) as door:
        asked = [
            door.submit(inline(data), wanted)
            for data in (drawn("WHEN THE", "cat says no"), drawn())
        ]
        found = [future.result(60) for future in asked]
    some, none = (image.made[NAME] for image in found if isinstance(image, DecodedImage))
    assert some.text == "WHEN THE\ncat says no"
    assert some.score > 0.9
    assert none == Reading(Ending.EMPTY)


def test_a_reader_is_known_by_name_version_and_digest() -> None:
    facts = installed().facts()
    assert facts["name"] == "rapidocr"
    assert len(facts["digest"]) == 32
    assert "_det_" in facts["models"]
    assert "_rec_" in facts["models"]
