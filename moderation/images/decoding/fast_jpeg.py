"""JPEG by the arithmetic that TensorFlow takes by default: the fast inverse transform.

Pillow has the accurate one only; libjpeg-turbo has both, and ``simplejpeg`` asks it for either.
"""

from __future__ import annotations

from PIL import Image

from moderation.images.types import ImageError, Target
from schemas.codes import Code

PACKAGE = "simplejpeg"
EXTRA = "tf_jpeg"
"""Of this project, which installs the package."""

_FORMATS = ("JPEG", "MPO")
_SPACES = {"RGB": "RGB", "L": "GRAY"}
"""Pillow's modes, and what they are called there; CMYK is left to Pillow."""


def decoded(data: bytes, opened: Image.Image, target: Target) -> Image.Image | None:
    """The whole picture; None where it is to be decoded by Pillow.

    Args:
        data: of the file.
        opened: its header, which was judged; what it says of the picture goes with the pixels.
        target: says which arithmetic.

    Raises:
        ImageError: the file is cut off or broken, or the package is not there.
    """
    if target.jpeg == "accurate" or opened.format not in _FORMATS or opened.mode not in _SPACES:
        return None
    try:
        import simplejpeg
    except ImportError as error:
        message = f"{PACKAGE} is not installed where pictures are decoded (extra {EXTRA})"
        raise ImageError(Code.UNSUPPORTED_FORMAT, message) from error
    space = _SPACES[opened.mode]
    try:
        pixels = simplejpeg.decode_jpeg(data, space, fastdct=True)
    except ValueError as error:
        if "premature" in str(error).lower():
            raise ImageError(Code.TRUNCATED, f"the file ends early ({error})") from error
        # what the decoder warns of and Pillow lets pass; a second warning is none
        pixels = simplejpeg.decode_jpeg(data, space, fastdct=True, strict=False)
    image = Image.fromarray(pixels[:, :, 0] if opened.mode == "L" else pixels)
    if image.size != opened.size:
        raise ImageError(Code.CORRUPT, "a JPEG whose header can be read in two ways")
    image.info.update(opened.info)
    return image
