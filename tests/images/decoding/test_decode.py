"""Every kind of bytes has an outcome."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from moderation.images.decoding.decode import decode
from moderation.images.decoding.limits import DecodeLimits
from moderation.images.decoding.sniff import FORMATS
from moderation.images.types import DecodedImage, ImageFailure, Target
from schemas.codes import Code
from tests.faults.pictures import encoded, jpeg, picture, png
from tests.images.decoding.decoded import SIZE, SMALL, code, flat, pixels

# Pillow warns of what the outcome says already.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_of_the_list_is_decoded(kind: str) -> None:
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    data = encoded(picture(40, 30, colour=(200, 60, 20)), kind)
    outcome = decode(data, Target(30, 40))
    assert isinstance(outcome, DecodedImage), outcome
    assert (outcome.format, outcome.width, outcome.height) == (kind, 40, 30)
    difference = outcome.pixels.astype(int) - np.asarray(picture(40, 30, colour=(200, 60, 20)))
    assert np.abs(difference).mean() < 5


@pytest.mark.parametrize("kind", ["PPM", "TGA", "ICO", "JPEG2000", "PCX", "SGI", "PDF", "EPS"])
def test_no_other_decoder_can_be_reached(kind: str) -> None:
    assert code(encoded(picture(40, 30, colour=(9, 9, 9)), kind)) is Code.UNSUPPORTED_FORMAT


@pytest.mark.parametrize(
    ("data", "looks_like"),
    [
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"\n <html lang=en>", "HTML"),
        (b"<svg xmlns='x'/>", "SVG"),
        (b"<?xml version='1.0'?><svg/>", "XML"),
        (b"%PDF-1.7", "PDF"),
        (b'{"error": 1}', "JSON"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf", "HEIF"),
        (b"\0\0\0\x01ftyp" + (32).to_bytes(8, "big") + b"msf1\0\0\0\0msf1hevc", "HEIC"),
        (b"\0\0\0\x14ftypisom\0\0\0\0mp42avif", "video"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "video"),
        (b"hello", "no image format"),
    ],
)
def test_what_is_no_image_is_called_by_its_name(data: bytes, looks_like: str) -> None:
    outcome = decode(data, SMALL)
    assert isinstance(outcome, ImageFailure)
    assert outcome.code is Code.UNSUPPORTED_FORMAT
    assert looks_like in outcome.message


@pytest.mark.parametrize("brand", [b"avif", b"miaf", b"mif1", b"abcd"])
def test_an_avif_is_told_by_any_of_its_brands(brand: bytes) -> None:
    if not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    data = flat("RGB", (200, 60, 20), "AVIF")
    assert data[4:12] == b"ftypavif"
    assert data[16:20] == b"avif", "listed as compatible too"
    assert pixels(data[:8] + brand + data[12:]).shape == (SIZE, SIZE, 3)


@pytest.mark.parametrize("resample", ["bilinear", "bicubic", "lanczos", "box", "nearest"])
def test_resampling_is_pillows_own(resample: str) -> None:
    source = picture(61, 47, colour=(10, 90, 200))
    target = Target(20, 30, resample=resample)  # type: ignore[arg-type]
    wanted = np.asarray(source.resize((30, 20), Image.Resampling[resample.upper()]))
    assert np.array_equal(pixels(encoded(source, "PNG"), target), wanted)


def test_reduced_decode_is_close_to_the_whole_and_can_be_refused() -> None:
    rng = np.random.default_rng(7)
    noise = Image.fromarray(rng.integers(0, 255, (16, 16, 3), dtype=np.uint8))
    data = encoded(noise.resize((800, 640), Image.Resampling.BICUBIC), "JPEG", quality=90)
    reduced = pixels(data, Target(64, 80)).astype(int)
    whole = pixels(data, Target(64, 80, reduced_decode=False)).astype(int)
    plain = Image.open(io.BytesIO(data)).resize((80, 64), Image.Resampling.BILINEAR)
    assert np.array_equal(whole, np.asarray(plain))
    assert 0 < np.abs(reduced - whole).mean() < 3


def test_a_reduced_decode_never_goes_below_the_target() -> None:
    data = jpeg(1000, 120)  # long and low: the height decides
    reduced = pixels(data, Target(100, 100)).astype(int)
    whole = pixels(data, Target(100, 100, reduced_decode=False)).astype(int)
    assert np.abs(reduced - whole).max() <= 2


def test_the_same_bytes_give_the_same_pixels_in_any_thread() -> None:
    from concurrent.futures import ThreadPoolExecutor

    data = jpeg(640, 480)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: pixels(data), range(32)))
    assert all(np.array_equal(each, found[0]) for each in found)


def test_empty_truncated_and_corrupt_bytes_have_their_codes() -> None:
    assert code(b"") is Code.EMPTY
    assert code(jpeg(200, 200)[:-200]) is Code.TRUNCATED
    assert code(png(200, 200)[:-200]) is Code.TRUNCATED
    assert code(encoded(Image.new("RGB", (9, 9)), "BMP")[:-20]) is Code.TRUNCATED
    assert code(png(200, 200)[:33]) in (Code.TRUNCATED, Code.CORRUPT)
    assert code(b"\x89PNG\r\n\x1a\n" + b"\xff" * 100) is Code.CORRUPT
    flipped = bytearray(png(200, 200))
    flipped[20] ^= 0xFF
    assert code(bytes(flipped)) is Code.CORRUPT


def test_pixels_beyond_the_cap_are_refused_by_the_header() -> None:
    limits = DecodeLimits(max_pixels=1000)
    for kind in FORMATS:
        if kind == "AVIF" and not features.check("avif"):
            continue
        assert code(flat("RGB", (1, 2, 3), kind), limits=DecodeLimits(max_pixels=399)) is (
            Code.TOO_MANY_PIXELS
        )
        assert isinstance(decode(flat("RGB", (1, 2, 3), kind), SMALL, limits), DecodedImage)


SEEDS = [
    encoded(picture(24, 18, colour=(200, 60, 20)), kind)
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
]


SEEDS += [
    flat("I;16", 5, "PNG"),
    flat("LAB", (1, 2, 3), "TIFF"),
    flat("F", 0.5, "TIFF"),
    flat("P", 1, "GIF", transparency=1),
    flat("CMYK", (1, 2, 3, 4), "JPEG"),
]


@settings(max_examples=300)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    st.integers(0, 2000),
)
def test_whatever_is_done_to_a_file_it_ends_as_an_image_or_a_code(
    seed: bytes, changes: list[tuple[int, int]], length: int
) -> None:
    data = bytearray(seed[: length + 8])
    for at, value in changes:
        if at < len(data):
            data[at] = value
    outcome = decode(bytes(data), SMALL)
    if isinstance(outcome, DecodedImage):
        assert outcome.pixels.shape == (SIZE, SIZE, 3)
    else:
        assert isinstance(outcome.code, Code)


@given(st.binary(max_size=300), st.sampled_from([seed[:12] for seed in SEEDS]))
def test_any_bytes_end_as_an_image_or_a_code(data: bytes, head: bytes) -> None:
    for each in (data, head + data):
        assert isinstance(decode(each, SMALL), DecodedImage | ImageFailure)
