"""Every mode, profile, orientation and frame on purpose."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, features

from moderation.images.decoding.decode import decode
from moderation.images.decoding.to_rgb import _TURNS
from moderation.images.types import DecodedImage, Target
from tests.faults.pictures import encoded, picture
from tests.images.decoding.decoded import colour, flat, pixels

# Pillow warns of what the outcome says already.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


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
