"""What the first bytes say: the format, whatever name or header the file came with.

The allow-list is what people post (JPEG, PNG, GIF, WEBP, AVIF) and what they
scan or export (BMP, TIFF). Every further format is a decoder that strangers
could aim at, so there is none; and a decoder is called by name, never found by
trying all that are installed.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Callable, Iterator
from typing import BinaryIO

from PIL import AvifImagePlugin
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import jpeg_factory
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from moderation.images.types import ImageError
from schemas.codes import Code

# Pillow tells of odd files by warnings; here their outcome does. A run meets thousands.
warnings.filterwarnings("ignore", module=r"PIL\.")

_OPENERS: dict[str, Callable[[BinaryIO], ImageFile]] = {
    "JPEG": jpeg_factory,
    "PNG": PngImageFile,
    "GIF": GifImageFile,
    "WEBP": WebPImageFile,
    "BMP": BmpImageFile,
    "TIFF": TiffImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
}
FORMATS = tuple(_OPENERS)

_PREFIXES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
)
_MAX_TIFF_VALUES = 200_000
_TIFF_LISTS = frozenset({258, 273, 279, 320, 324, 325, 338, 339})
"""Bits, strips, colour map, tiles, extra samples, sample formats."""
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_HEIF_BRANDS = frozenset({b"mif1", b"mif2", b"msf1", b"miaf", b"heif"})
"""Of a container that pictures of any codec lie in."""
_MAX_BRANDS_BYTES = 1024
_NAMES = (
    (b"<!doctype", "HTML"),
    (b"<html", "HTML"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML"),
    (b"%pdf", "PDF"),
    (b"{", "JSON"),
)


def identify(data: bytes) -> str:
    """The format, one of ``FORMATS``.

    Raises ``ImageError``: ``EMPTY`` or ``UNSUPPORTED_FORMAT``, which says what it looks like.
    """
    if not data:
        raise ImageError(Code.EMPTY, "no bytes")
    for prefix, kind in _PREFIXES:
        if data.startswith(prefix):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if _brands(data) & _AVIF_BRANDS:
        return "AVIF"
    raise ImageError(Code.UNSUPPORTED_FORMAT, f"{_looks_like(data)}; decoded are {_LIST}")


_LIST = ", ".join(FORMATS)


def _looks_like(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        brands = _brands(data)
        if brands & _HEIC_BRANDS:
            return "looks like HEIC"
        return "looks like HEIF" if brands & _HEIF_BRANDS else "looks like a video"
    head = data[:64].lstrip().lower()
    for prefix, name in _NAMES:
        if head.startswith(prefix):
            return f"looks like {name}"
    return "no image format that is known here"


def _brands(data: bytes) -> frozenset[bytes]:
    """What a file of boxes says that it is.

    Its major brand may be a container's for any codec: the compatible ones behind it tell which.
    """
    if data[4:8] != b"ftyp":
        return frozenset()
    size, start = int.from_bytes(data[:4], "big"), 8
    if size == 1:  # sixty-four bits of it follow
        size, start = int.from_bytes(data[8:16], "big"), 16
    end = min(size or len(data), len(data), start + _MAX_BRANDS_BYTES)
    listed = range(start + 8, end - 3, 4)
    return frozenset({data[start : start + 4], *(data[at : at + 4] for at in listed)})


def check_header(data: bytes, kind: str, *, max_pixels: int) -> None:
    """Refuse what a decoder would spend on before anybody can ask it how large the image is.

    WEBP's allocates two canvases when it opens; TIFF's makes an object of every strip.
    Raises ``ImageError``: ``TOO_MANY_PIXELS`` or ``UNSUPPORTED_FORMAT``.
    """
    if kind == "WEBP":
        width, height = webp_size(data)
        if width * height > max_pixels:
            raise ImageError(Code.TOO_MANY_PIXELS, f"{width} × {height} pixels in the header")
    if kind == "TIFF" and any(count > _MAX_TIFF_VALUES for count in _tiff_counts(data)):
        raise ImageError(Code.UNSUPPORTED_FORMAT, "a TIFF of more strips than are decoded")


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height of a WEBP's canvas by its first chunk; 0 × 0 where that says nothing."""
    chunk, number = data[12:16], int.from_bytes
    if chunk == b"VP8X" and len(data) >= 30:
        return 1 + number(data[24:27], "little"), 1 + number(data[27:30], "little")
    if chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a" and len(data) >= 30:
        return number(data[26:28], "little") & 0x3FFF, number(data[28:30], "little") & 0x3FFF
    if chunk == b"VP8L" and data[20:21] == b"\x2f" and len(data) >= 25:
        bits = number(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return 0, 0


def _tiff_counts(data: bytes) -> Iterator[int]:
    """How many values the first directory gives each tag that is read at once."""
    order = "<" if data.startswith(b"II") else ">"
    big = data[2:4] in (b"+\x00", b"\x00+")
    word, entry = ("Q", 20) if big else ("I", 12)
    try:
        (at,) = struct.unpack_from(order + word, data, 8 if big else 4)
        (entries,) = struct.unpack_from(order + ("Q" if big else "H"), data, at)
        at += 8 if big else 2
        for start in range(at, at + entry * min(entries, 65535), entry):
            tag, _, count = struct.unpack_from(order + "HH" + word, data, start)
            if tag in _TIFF_LISTS:
                yield count
    except struct.error:  # the directory ends early; what to say of that is the decoder's part
        return


def open_image(source: BinaryIO, kind: str) -> ImageFile:
    """Read the header with the one decoder of this format; raises what that decoder raises."""
    if kind == "AVIF" and not AvifImagePlugin.SUPPORTED:
        raise ImageError(Code.UNSUPPORTED_FORMAT, "AVIF, which this Pillow was built without")
    return _OPENERS[kind](source)
