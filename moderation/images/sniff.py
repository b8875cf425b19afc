"""What the first bytes say: the format, whatever name or header the file came with.

The allow-list is what people post (JPEG, PNG, GIF, WEBP, AVIF) and what they
scan or export (BMP, TIFF). Every further format is a decoder that strangers
could aim at, so there is none.
"""

from __future__ import annotations

from moderation.images.types import ImageError
from schemas.codes import Code

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")

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
_AVIF_BRANDS = (b"avif", b"avis", b"mif1", b"msf1")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis")
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
    if data[4:8] == b"ftyp" and data[8:12] in _AVIF_BRANDS:
        return "AVIF"
    raise ImageError(Code.UNSUPPORTED_FORMAT, f"{_looks_like(data)}; decoded are {_LIST}")


_LIST = ", ".join(FORMATS)


def _looks_like(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return "looks like HEIC" if data[8:12] in _HEIC_BRANDS else "looks like a video"
    head = data[:64].lstrip().lower()
    for prefix, name in _NAMES:
        if head.startswith(prefix):
            return f"looks like {name}"
    return "no image format that is known here"


def check_header(data: bytes, kind: str, *, max_pixels: int, max_side: int) -> None:
    """Refuse, before a decoder sees it, what the decoder would allocate for on opening."""
    if kind != "WEBP":
        return
    size = _webp_size(data)
    if size is not None and (size[0] * size[1] > max_pixels or max(size) > max_side):
        raise ImageError(Code.TOO_MANY_PIXELS, f"{size[0]} × {size[1]} pixels in the header")


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """The canvas of a WEBP file: its decoder allocates two of them when it opens."""
    if data[12:16] == b"VP8X" and len(data) >= 30:
        return (
            1 + int.from_bytes(data[24:27], "little"),
            1 + int.from_bytes(data[27:30], "little"),
        )
    return None
