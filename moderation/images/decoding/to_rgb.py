"""From whatever a decoder gives to ``uint8 [height, width, 3]`` RGB, each mode on purpose.

- Transparency is laid over white, as a light page shows it; the colour that
  hides under alpha 0 never shows.
- Modes that can be averaged (L, RGB, RGBA, CMYK, LAB…) are resized first and
  converted small; indexed and one-bit ones are converted first.
- CMYK with a readable CMYK profile goes through it; without one, by the plain
  formula. LAB goes through the CIE conversion. Profiles of RGB images are not
  applied: models are trained on pixels that were read without them.
- Sixteen bits are scaled to eight by 255 / 65535. 32-bit integers and floats
  have no stated white: up to 1 (floats), 255 or 65535 they are read as that
  range, beyond it by their own minimum and maximum.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PIL import Image, ImageCms

from schemas.pixels import PILLOW_RESIZERS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.ImageFile import ImageFile

    from moderation.images.types import Target
    from schemas.pixels import Resample

_RESAMPLING = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
    "keras": Image.Resampling.NEAREST,
    "tf_bilinear_antialias": Image.Resampling.BILINEAR,
    "torch_bilinear": Image.Resampling.BILINEAR,  # within one of 255, for it rounds in between
}
_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})
_MAX_PROFILE_BYTES = 4 << 20
_BAND_PIXELS = 1 << 20
_WHITE = (255, 255, 255, 255)


def draft_size(image: ImageFile, target: Target) -> tuple[int, int]:
    """The width and height that a reduced decode must not go below."""
    if orientation(image) in _SIDEWAYS:
        return target.height, target.width
    return target.width, target.height


def larger_size(width: int, height: int, *, longer_px: int) -> tuple[int, int]:
    """Of a picture in its own proportions: the longer side has so many pixels, or its own fewer."""
    longer = max(width, height)
    if longer <= longer_px:
        return width, height
    return max(1, round(width * longer_px / longer)), max(1, round(height * longer_px / longer))


def orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1–8; 1 where there is none or it cannot be read."""
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # hostile EXIF: Pillow raises whatever it trips over
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def to_rgb(image: Image.Image, target: Target) -> tuple[Image.Image, bool]:
    """An RGB image of the target's size, and whether the picture was turned on its side."""
    sideways = orientation(image) in _SIDEWAYS
    if target.resample not in PILLOW_RESIZERS:
        return _as_trained(image, target), sideways
    size = (target.height, target.width) if sideways else (target.width, target.height)
    return sized(image, size, resample=target.resample), sideways


def sized(image: Image.Image, size: tuple[int, int], *, resample: Resample) -> Image.Image:
    """An RGB image of a width and height as they are stored, then turned as it is shown."""
    turn = orientation(image)
    small = _averageable(image)
    if small.size != size:
        small = small.resize(size, _RESAMPLING[resample])
    small = _rgb(small, image.info.get("icc_profile"))
    return small.transpose(_TURNS[turn]) if turn in _TURNS else small


def _as_trained(image: Image.Image, target: Target) -> Image.Image:
    """Resized by the arithmetic of another library, which is given RGB as it is seen."""
    seen = sized(image, image.size, resample="nearest")
    size = (target.width, target.height)
    if seen.size == size:
        return seen
    if target.resample in _RESAMPLING:
        return seen.resize(size, _RESAMPLING[target.resample])
    from moderation.images.decoding.sampling import resized  # numpy, which few models need here

    return resized(seen, target.resample, height=target.height, width=target.width)


def _averageable(image: Image.Image) -> Image.Image:
    """The image in a mode whose values may be averaged: eight bits a channel, no palette."""
    mode = image.mode
    if mode.startswith("I") or mode == "F":
        return _eight_bits(image)
    if mode in ("P", "PA") or "transparency" in image.info:
        see_through = mode == "PA" or "transparency" in image.info
        return image.convert("RGBA" if see_through else "RGB")
    if mode == "1":
        return image.convert("L")
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Wide grey values to 0..255, a band of rows at a time: the whole would need gigabytes."""
    import numpy as np  # costs more than Pillow, and few pictures need it

    low, high = _range(image)
    result = np.empty((image.height, image.width), dtype=np.uint8)
    for top, values in _bands(image):
        levels = (values - low) * (255.0 / (high - low))
        result[top : top + len(values)] = np.clip(np.rint(levels), 0, 255)
    return Image.fromarray(result)


def _range(image: Image.Image) -> tuple[float, float]:
    """The values of black and white."""
    if image.mode.startswith("I;16"):
        return 0.0, 65535.0
    ends = [(float(values.min()), float(values.max())) for _, values in _bands(image)]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    if low >= 0.0:
        whites = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0)
        return 0.0, next((white for white in whites if high <= white), high)
    return low, max(high, low + 1e-30)


def _bands(image: Image.Image) -> Iterator[tuple[int, NDArray[np.float64]]]:
    import numpy as np

    rows = max(1, _BAND_PIXELS // image.width)
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        yield top, np.nan_to_num(np.asarray(band, dtype=np.float64), posinf=0.0, neginf=0.0)


def _rgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode in ("RGBA", "LA"):
        flat = Image.new("RGBA", image.size, _WHITE)
        flat.alpha_composite(image.convert("RGBA"))
        return flat.convert("RGB")
    if image.mode == "CMYK":
        return _cmyk(image, profile)
    return image if image.mode == "RGB" else image.convert("RGB")


def _cmyk(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and len(profile) <= _MAX_PROFILE_BYTES and profile[16:20] == b"CMYK":
        try:
            return _through(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken profile is as good as none
    return image.convert("RGB")


def _through(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    result = ImageCms.profileToProfile(
        image,
        profile,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
    )
    if result is None:
        raise ValueError("colour conversion gave nothing")
    return result
