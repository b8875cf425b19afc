"""Every kind of pixel on purpose, and every kind of bytes an outcome."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, features

from moderation.images.decode import DEFAULT_LIMITS, DecodeLimits, decode
from moderation.images.sniff import FORMATS
from moderation.images.to_rgb import _TURNS
from moderation.images.types import DecodedImage, ImageFailure, Target
from schemas.codes import Code
from tests.faults.pictures import encoded, jpeg, picture, png

# Pillow warns of what the outcome says already.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

SIZE = 16
SMALL = Target(SIZE, SIZE)


def pixels(data: bytes, target: Target = SMALL) -> np.ndarray:
    outcome = decode(data, target)
    assert isinstance(outcome, DecodedImage), outcome
    return outcome.pixels


def code(data: bytes, *, limits: DecodeLimits = DEFAULT_LIMITS) -> Code:
    outcome = decode(data, SMALL, limits)
    assert isinstance(outcome, ImageFailure), outcome
    return outcome.code


def colour(data: bytes) -> list[int]:
    """The one colour of a picture."""
    found = pixels(data)
    assert (found == found[0, 0]).all(), "more than one colour"
    return [int(value) for value in found[0, 0]]


def flat(mode: str, value: object, kind: str, **options: object) -> bytes:
    return encoded(Image.new(mode, (20, 20), value), kind, **options)  # type: ignore[arg-type]


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


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (flat("L", 100, "PNG"), [100, 100, 100]),
        (flat("1", 1, "PNG"), [255, 255, 255]),
        (flat("1", 0, "TIFF"), [0, 0, 0]),
        (flat("RGB", (1, 2, 3), "PNG"), [1, 2, 3]),
        (flat("RGBA", (10, 20, 30, 255), "PNG"), [10, 20, 30]),
        (flat("RGBA", (10, 20, 30, 0), "PNG"), [255, 255, 255]),
        (flat("RGBA", (0, 0, 0, 51), "PNG"), [204, 204, 204]),
        (flat("LA", (0, 51), "PNG"), [204, 204, 204]),
        (flat("RGBA", (10, 20, 30, 0), "WEBP", lossless=True, exact=True), [255, 255, 255]),
        (flat("L", 7, "PNG", transparency=7), [255, 255, 255]),
        (flat("RGB", (1, 2, 3), "PNG", transparency=(1, 2, 3)), [255, 255, 255]),
        (flat("1", 1, "PNG", transparency=1), [255, 255, 255]),
        (flat("I;16", 0, "PNG"), [0, 0, 0]),
        (flat("I;16", 65535, "PNG"), [255, 255, 255]),
        (flat("I;16", 257 * 100, "PNG"), [100, 100, 100]),
        (flat("I;16", 100, "TIFF"), [0, 0, 0]),
        (flat("I", 100, "TIFF"), [100, 100, 100]),
        (flat("I", 257 * 100, "TIFF"), [100, 100, 100]),
        (flat("F", 0.5, "TIFF"), [128, 128, 128]),
        (flat("F", 100.0, "TIFF"), [100, 100, 100]),
        (flat("F", 1e9, "TIFF"), [255, 255, 255]),
        (flat("F", float("nan"), "TIFF"), [0, 0, 0]),
        (flat("F", float("inf"), "TIFF"), [0, 0, 0]),
        (flat("CMYK", (0, 0, 0, 0), "TIFF"), [255, 255, 255]),
        (flat("CMYK", (255, 0, 0, 0), "TIFF"), [0, 255, 255]),
        (flat("CMYK", (0, 0, 0, 255), "TIFF"), [0, 0, 0]),
        (flat("LAB", (255, 128, 128), "TIFF"), [255, 255, 255]),
        (flat("LAB", (0, 128, 128), "TIFF"), [0, 0, 0]),
        (flat("RGB", (200, 200, 200), "TIFF", compression="jpeg"), [200, 200, 200]),
        (flat("RGB", (1, 2, 3), "TIFF", compression="tiff_lzw"), [1, 2, 3]),
    ],
)
def test_each_mode_becomes_the_colour_that_it_means(data: bytes, expected: list[int]) -> None:
    assert np.abs(np.subtract(colour(data), expected)).max() <= 1


def test_negative_and_positive_floats_span_black_to_white() -> None:
    values = np.linspace(-2, 2, 400, dtype=np.float32).reshape(20, 20)
    found = pixels(encoded(Image.fromarray(values), "TIFF"), Target(20, 20))
    assert (found[0, 0, 0], found[-1, -1, 0]) == (0, 255)


def test_a_palette_with_transparency_lies_on_white() -> None:
    image = Image.new("P", (20, 20), 1)
    image.putpalette([0, 0, 0, 200, 10, 10])
    assert colour(encoded(image, "PNG")) == [200, 10, 10]
    assert colour(encoded(image, "PNG", transparency=1)) == [255, 255, 255]
    assert colour(encoded(image, "GIF", transparency=1)) == [255, 255, 255]
    assert colour(encoded(image, "PNG", transparency=bytes([255, 51]))) == [244, 206, 206]


def test_transparent_pixels_do_not_bleed_their_hidden_colour() -> None:
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 10, 20))
    found = pixels(encoded(image, "PNG"), Target(5, 5)).astype(int)
    assert (found[..., 0] <= found[..., 1] + 1).all(), "red shows"


def test_cmyk_jpeg_with_and_without_a_profile() -> None:
    cyan = flat("CMYK", (255, 0, 0, 0), "JPEG", quality=95)
    assert np.abs(np.subtract(colour(cyan), [0, 255, 255])).max() <= 3
    broken = flat("CMYK", (255, 0, 0, 0), "JPEG", icc_profile=b"x" * 16 + b"CMYK" + b"y" * 200)
    assert colour(broken) == colour(cyan)
    rgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    wrong = flat("CMYK", (255, 0, 0, 0), "JPEG", icc_profile=rgb)
    assert colour(wrong) == colour(cyan)
    inked = flat("CMYK", (255, 0, 0, 0), "JPEG", icc_profile=cmyk_profile())
    assert colour(inked) != colour(cyan)


def cmyk_profile() -> bytes:
    """A tiny CMYK profile: an ``A2B0`` table whose sixteen corners are grey by their ink."""
    import struct

    grid = b""
    for corner in range(16):
        inks = bin(corner).count("1")
        grid += struct.pack(">3H", (4 - inks) * 0x3FC0, 0x8000, 0x8000)
    identity = b"".join(struct.pack(">i", 65536 if n % 4 == 0 else 0) for n in range(9))
    straight = struct.pack(">2H", 0, 65535)
    lut = b"mft2" + bytes(4) + bytes([4, 3, 2, 0]) + identity + struct.pack(">2H", 2, 2)
    lut += straight * 4 + grid + straight * 3
    body = lut + bytes(-len(lut) % 4)
    head = struct.pack(">I4sI4s4s4s", 0, b"lcms", 0x02400000, b"prtr", b"CMYK", b"Lab ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    head += bytes(128 - len(head))
    table = struct.pack(">I4sII", 1, b"A2B0", 144, len(lut))
    whole = head + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


def test_the_tiny_profile_is_one() -> None:
    ImageCms.ImageCmsProfile(io.BytesIO(cmyk_profile()))


def test_the_profile_of_an_rgb_image_is_not_applied() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    assert colour(flat("RGB", (10, 200, 30), "PNG", icc_profile=profile)) == [10, 200, 30]


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_exif_orientation_ends_upright(kind: str, turn: int) -> None:
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    upright = Image.new("RGB", (64, 32), (255, 255, 255))
    upright.paste((255, 0, 0), (0, 0, 32, 16))  # red top left
    upright.paste((0, 0, 255), (32, 16, 64, 32))  # blue bottom right
    back = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    stored = upright if turn == 1 else upright.transpose(back.get(turn, _TURNS.get(turn)))
    exif = Image.Exif()
    exif[0x0112] = turn
    quality = {"quality": 95} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    outcome = decode(encoded(stored, kind, exif=exif, **quality), Target(32, 64))
    assert isinstance(outcome, DecodedImage)
    assert (outcome.width, outcome.height) == (64, 32)
    assert np.abs(outcome.pixels[4, 4].astype(int) - [255, 0, 0]).max() < 12
    assert np.abs(outcome.pixels[-4, -4].astype(int) - [0, 0, 255]).max() < 12


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_is_none_is_ignored(value: object) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert np.array_equal(
        pixels(encoded(picture(40, 30, colour=(1, 2, 3)), "PNG", exif=exif)),
        pixels(encoded(picture(40, 30, colour=(1, 2, 3)), "PNG")),
    )


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_of_an_animation_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (20, 20), value) for value in ("#ff0000", "#00ff00", "#0000ff")]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert colour(data) == [255, 0, 0]


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
