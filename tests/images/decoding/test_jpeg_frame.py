"""The frame marker, read from headers with no picture behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.images.decoding.decode import _may_scale
from moderation.images.decoding.jpeg_frame import Frame, read_frame
from moderation.images.types import ImageError
from schemas.codes import Code
from tests.faults.pictures import encoded, jpeg, picture

SOI, SOS = b"\xff\xd8", b"\xff\xda\x00\x02"
APP0 = b"\xff\xe0\x00\x04JF"


def segment(code: int, body: bytes) -> bytes:
    return bytes([0xFF, code]) + (len(body) + 2).to_bytes(2, "big") + body


def frame(
    code: int = 0xC0, *, bits: int = 8, width: int = 640, height: int = 480, channels: int = 3
) -> bytes:
    sizes = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    layers = b"".join(bytes([each, 0x11, 0]) for each in range(channels))
    return segment(code, bytes([bits]) + sizes + bytes([channels]) + layers)


def refusal(header: bytes) -> ImageError:
    with pytest.raises(ImageError) as caught:
        read_frame(header)
    return caught.value


@pytest.mark.parametrize(
    ("code", "scalable"),
    [(0xC0, True), (0xC1, True), (0xC2, True), (0xC3, False), (0xC9, False), (0xCA, False)],
)
def test_a_smaller_picture_is_asked_for_only_where_the_frame_defines_it(
    code: int, scalable: bool
) -> None:
    found = read_frame(SOI + APP0 + frame(code) + SOS)
    assert found == Frame(code, 8, 640, 480, 3)
    assert found.scalable is scalable
    assert _may_scale(found, 640, 480) is scalable


@pytest.mark.parametrize("code", [0xC5, 0xC6, 0xC7, 0xC8, 0xCB, 0xCD, 0xCE, 0xCF])
def test_a_frame_that_no_decoder_carries_is_an_unsupported_format(code: int) -> None:
    error = refusal(SOI + frame(code) + SOS)
    assert error.code is Code.UNSUPPORTED_FORMAT
    assert "not decoded" in error.message


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (frame(bits=12, code=0xC1), "12 bits"),
        (frame(channels=2), "2 channels"),
        (segment(0xDE, frame()[4:]) + frame(), "several frames"),
        (segment(0xFE, b"") * 10_001 + frame(), "segments"),
    ],
)
def test_what_else_is_not_decoded_says_why(header: bytes, words: str) -> None:
    error = refusal(SOI + header + SOS)
    assert (error.code, words in error.message) == (Code.UNSUPPORTED_FORMAT, True)


def test_two_frames_are_no_picture() -> None:
    assert refusal(SOI + frame(0xC0) + frame(0xC3) + SOS).code is Code.CORRUPT


def test_padding_junk_and_restarts_lie_between_segments() -> None:
    odd = b"\x00junk\xff\x00" + b"\xff" * 5 + b"\xd3" + b"\xff\x01"
    assert read_frame(SOI + odd + APP0 + odd + b"\xff\xff" + frame(0xC2) + odd + SOS) == Frame(
        0xC2, 8, 640, 480, 3
    )


def test_a_thumbnail_inside_a_segment_is_not_the_picture() -> None:
    thumbnail = SOI + frame(0xC0, width=160, height=120) + SOS + b"\xff\xd9"
    app1 = segment(0xE1, b"Exif\0\0" + thumbnail)
    found = read_frame(SOI + app1 + frame(0xC3) + SOS)
    assert found is not None
    assert (found.code, found.width) == (0xC3, 640)


@pytest.mark.parametrize(
    "header",
    [
        SOI,
        SOI + b"\xff\xd9",
        SOI + b"\xff" * 40,
        SOI + SOS + frame(),
        SOI + APP0,
        SOI + b"\xff\xe1\x00\x01",
        SOI + frame()[:9],
        SOI + segment(0xC0, b"\x08\x01"),
        SOI + segment(0xC0, frame()[4:] + b"\x00"),
        SOI + frame(),
    ],
)
def test_a_header_that_ends_early_has_no_frame_and_gets_no_wish(header: bytes) -> None:
    assert read_frame(header) is None
    with pytest.raises(ImageError):
        _may_scale(None, 640, 480)


def test_a_decoder_that_reads_another_size_is_not_trusted() -> None:
    with pytest.raises(ImageError) as caught:
        _may_scale(read_frame(SOI + frame() + SOS), 64, 48)
    assert caught.value.code is Code.CORRUPT


def test_pictures_have_the_frame_that_they_were_written_with() -> None:
    assert read_frame(jpeg(64, 48)) == Frame(0xC0, 8, 64, 48, 3)
    grey = picture(30, 20, colour=(1, 2, 3)).convert("L")
    assert read_frame(encoded(grey, "JPEG", progressive=True)) == Frame(0xC2, 8, 30, 20, 1)
    ink = picture(30, 20, colour=(1, 2, 3)).convert("CMYK")
    assert read_frame(encoded(ink, "JPEG")) == Frame(0xC0, 8, 30, 20, 4)


@given(st.binary(max_size=200))
def test_any_header_has_a_frame_or_none_or_a_code(data: bytes) -> None:
    code = None
    try:
        found = read_frame(SOI + data)
    except ImageError as error:
        found, code = None, error.code
    assert code in (None, Code.UNSUPPORTED_FORMAT, Code.CORRUPT)
    assert found is None or found.bits == 8
