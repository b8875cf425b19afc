"""Each named resizer against its original."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from moderation.images.decoding.decode import decode
from moderation.images.decoding.limits import DecodeLimits
from moderation.images.decoding.taps import taps
from moderation.images.types import DecodedImage, ImageFailure, Target
from schemas.codes import Code
from schemas.pixels import PILLOW_RESIZERS, RESIZERS
from tests.faults.pictures import encoded
from tests.images.decoding.decoded import pixels

SIZES = [(96, 128), (40, 33), (300, 251)]
"""Of the target: smaller, smaller still, larger than the photograph."""
METHODS = {
    "tf_bilinear": ("bilinear", False),
    "tf_bicubic": ("bicubic", False),
    "tf_area": ("area", False),
    "tf_nearest": ("nearest", False),
    "tf_bilinear_antialias": ("bilinear", True),
    "tf_bicubic_antialias": ("bicubic", True),
    "torch_bilinear": ("bilinear", True),
    "torch_bicubic": ("bicubic", True),
}
"""torchvision's antialias is TensorFlow's: the same kernels over the same windows."""

BY_PILLOW = ("tf_bilinear_antialias", "torch_bilinear")
"""Its own bilinear, which rounds between its two passes."""


def photograph(width: int = 211, height: int = 167) -> Image.Image:
    """Colours that change slowly under a grain, and an edge."""
    rng = np.random.default_rng(3)
    coarse = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=float)
    smooth[:, width // 3 :] = 255 - smooth[:, width // 3 :]
    grain = smooth + rng.normal(0, 12, smooth.shape)
    return Image.fromarray(grain.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", METHODS)
def test_a_resizer_is_its_original_within_one_of_255(name: str, size: tuple[int, int]) -> None:
    import tensorflow as tf

    method, antialias = METHODS[name]
    source = np.asarray(photograph())
    wanted = tf.image.resize(source, size, method=method, antialias=antialias).numpy()
    found = pixels(encoded(photograph(), "PNG"), Target(*size, name))  # type: ignore[arg-type]
    assert np.abs(found - wanted.clip(0, 255)).max() <= (1.0 if name in BY_PILLOW else 0.51)


def test_keras_resizes_as_its_own_names_say() -> None:
    import keras

    data = encoded(photograph(), "PNG")
    loaded = keras.utils.load_img(io.BytesIO(data), target_size=(64, 48))
    assert np.array_equal(pixels(data, Target(64, 48, "keras")), np.asarray(loaded))
    layer = keras.layers.Resizing(64, 48)(np.asarray(photograph())[np.newaxis])
    difference = pixels(data, Target(64, 48, "tf_bilinear")) - np.asarray(layer)[0]
    assert np.abs(difference).max() <= 0.51


@pytest.mark.parametrize("size", SIZES)
def test_scikit_image_blurs_and_then_samples(size: tuple[int, int]) -> None:
    ndimage: Any = pytest.importorskip("scipy.ndimage")
    source = np.asarray(photograph(), dtype=float)
    factors = np.divide(source.shape, (*size, 3))
    blurred = ndimage.gaussian_filter(source, np.maximum(0, (factors - 1) / 2), mode="mirror")
    wanted = ndimage.zoom(blurred, 1 / factors, order=1, mode="mirror", grid_mode=True)
    found = pixels(encoded(photograph(), "PNG"), Target(*size, "skimage"))
    assert np.abs(found - wanted).max() <= 0.51


@pytest.mark.parametrize("name", [name for name in RESIZERS if name not in PILLOW_RESIZERS])
def test_other_resizers_see_every_pixel_of_a_jpeg(name: str) -> None:
    data = encoded(photograph(800, 640), "JPEG", quality=90)
    whole = Target(60, 60, name, reduced_decode=False)  # type: ignore[arg-type]
    allowed = Target(60, 60, name)  # type: ignore[arg-type]
    assert np.array_equal(pixels(data, allowed), pixels(data, whole))
    assert pixels(data, allowed).std() > 5


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "CMYK", "I;16"])
def test_other_modes_are_made_rgb_before_they_are_resized(mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.asarray(photograph().convert("L")).astype(np.uint16) * 257)
    else:
        image = photograph().convert(mode)
    data = encoded(image, "TIFF" if mode == "CMYK" else "PNG")
    whole = pixels(data, Target(image.height, image.width))
    small = pixels(data, Target(50, 60, "tf_bilinear"))
    again = pixels(encoded(Image.fromarray(whole), "PNG"), Target(50, 60, "tf_bilinear"))
    assert np.array_equal(small, again)


def test_a_picture_on_its_side_is_resized_as_it_is_seen() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(photograph(), "JPEG", quality=95, exif=exif)
    upright = photograph()
    shown = pixels(data, Target(upright.width, upright.height))
    small = pixels(data, Target(40, 30, "tf_area"))
    assert np.array_equal(
        small, pixels(encoded(Image.fromarray(shown), "PNG"), Target(40, 30, "tf_area"))
    )


@pytest.mark.parametrize("name", [name for name in METHODS if name not in BY_PILLOW])
@pytest.mark.parametrize(("source", "size"), [(1, 5), (2, 7), (5, 1), (7, 7), (4000, 3)])
def test_windows_lie_on_the_line_and_weigh_one(name: str, source: int, size: int) -> None:
    windows = taps(name, source=source, size=size)
    assert windows.first.min() >= 0
    assert (windows.first + windows.width).max() <= source
    np.testing.assert_allclose(windows.weights.sum(axis=1), 1.0, atol=1e-5)


def test_one_pixel_becomes_any_size() -> None:
    data = encoded(Image.new("RGB", (1, 1), (9, 90, 200)), "PNG")
    for name in RESIZERS:
        found = pixels(data, Target(3, 4, name))  # type: ignore[arg-type]
        assert (found == (9, 90, 200)).all()


FAST = Target(96, 128, "tf_bilinear", jpeg="fast")


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("progressive", [False, True])
def test_fast_jpeg_is_tensorflows_to_the_bit(mode: str, progressive: bool) -> None:
    pytest.importorskip("simplejpeg")
    import tensorflow as tf

    data = encoded(photograph().convert(mode), "JPEG", quality=97, progressive=progressive)
    size = (167, 211)
    theirs = tf.io.decode_jpeg(data, channels=3).numpy()
    assert np.array_equal(pixels(data, Target(*size, jpeg="fast")), theirs)
    accurate = pixels(data, Target(*size, reduced_decode=False))
    assert np.array_equal(accurate, tf.io.decode_jpeg(data, 3, dct_method="INTEGER_ACCURATE"))
    assert not np.array_equal(accurate, theirs)
    wanted = tf.image.resize(theirs, (96, 128)).numpy()
    assert np.abs(pixels(data, FAST) - wanted).max() <= 0.51


def test_fast_jpeg_keeps_the_turn_and_tells_a_file_that_was_cut() -> None:
    pytest.importorskip("simplejpeg")
    exif = Image.Exif()
    exif[0x0112] = 8
    data = encoded(photograph(), "JPEG", quality=90, exif=exif)
    turned = decode(data, FAST)
    assert isinstance(turned, DecodedImage)
    assert (turned.width, turned.height) == (167, 211)
    accurate = pixels(data, Target(96, 128, "tf_bilinear")).astype(int)
    assert 0 < np.abs(turned.pixels - accurate).mean() < 2
    cut = decode(data[: len(data) // 2], FAST)
    assert isinstance(cut, ImageFailure)
    assert cut.code is Code.TRUNCATED


def test_what_is_no_jpeg_and_cmyk_are_pillows_whatever_the_arithmetic() -> None:
    for data in (encoded(photograph(), "PNG"), encoded(photograph().convert("CMYK"), "JPEG")):
        plain = Target(96, 128, "tf_bilinear")
        assert np.array_equal(pixels(data, FAST), pixels(data, plain))
    bound = decode(encoded(photograph(), "JPEG"), FAST, DecodeLimits(max_pixels=1000))
    assert isinstance(bound, ImageFailure)
    assert bound.code is Code.TOO_MANY_PIXELS
