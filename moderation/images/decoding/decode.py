"""From encoded bytes to pixels: any bytes, no exception, no surprise.

The header is judged before any pixel is decoded; the work that a file may ask
for is bounded by its size in pixels, by its scans and by a clock that the
decoder reads its input through. What the formats differ in (palettes, alpha,
CMYK, sixteen bits…) is settled in ``to_rgb``.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from PIL import Image

from moderation.images.decoding import jpeg_frame, sniff, to_rgb
from moderation.images.types import DecodedImage, ImageError, ImageFailure, ImageOutcome, Target
from schemas.codes import Code

Gate = Callable[[int], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What one file may cost."""

    max_pixels: int = 50_000_000
    """Width × height; a hostile file within it stays under 1 GiB while it is decoded."""
    timeout_s: float = 3.5
    """Checked whenever the decoder asks for more input."""
    max_scan_pixels: int = 2_000_000_000
    """Scans × pixels of a progressive JPEG; each scan is a pass over the whole picture."""


DEFAULT_LIMITS = DecodeLimits()


def _no_gate(pixels: int) -> AbstractContextManager[None]:
    return nullcontext()


class _ClockedBytes(io.BytesIO):
    """Input that runs out of patience: the one place where a decode can be stopped."""

    def __init__(self, data: bytes, *, timeout_s: float) -> None:
        super().__init__(data)
        self._stop_at = time.monotonic() + timeout_s

    def extend(self, seconds: float) -> None:
        """Move the end: waiting for one's turn is no decoding."""
        self._stop_at += seconds

    def read(self, size: int | None = -1, /) -> bytes:
        if time.monotonic() > self._stop_at:
            raise ImageError(Code.DECODE_TIMEOUT, "decoding takes too long")
        return super().read(size)


def decode(data: bytes, target: Target, limits: DecodeLimits = DEFAULT_LIMITS) -> ImageOutcome:
    """Decode, orient, convert to RGB and resize.

    Args:
        data: one encoded image; the magic bytes decide its format.
        target: the size and the resampling that the model wants.
        limits: what the file may cost.

    Returns:
        The image, or the failure with its code; never raises.
    """
    return decode_hashed(data, hashlib.sha256(data).hexdigest(), target, limits=limits)


def decode_hashed(
    data: bytes,
    sha256: str,
    target: Target,
    *,
    limits: DecodeLimits,
    gate: Gate = _no_gate,
) -> ImageOutcome:
    """``decode`` where the digest is known already, and where others decode beside it.

    ``gate`` is entered with the number of pixels before they are allocated.
    """
    try:
        return _decode(data, sha256, target, limits, gate)
    except ImageError as error:
        return ImageFailure.of(error)
    except Image.DecompressionBombError:
        return ImageFailure(Code.TOO_MANY_PIXELS, "the file asks for more pixels than are decoded")
    except MemoryError:
        return ImageFailure(Code.TOO_MANY_PIXELS, "the file asks for more memory than there is")
    except Exception as error:  # Pillow raises whatever its plugins trip over
        return ImageFailure(*_explain(error))


def _decode(
    data: bytes,
    sha256: str,
    target: Target,
    limits: DecodeLimits,
    gate: Gate,
) -> DecodedImage:
    kind = sniff.identify(data)
    sniff.check_header(data, kind, max_pixels=limits.max_pixels)
    frame = jpeg_frame.read_frame(data) if kind == "JPEG" else None
    source = _ClockedBytes(data, timeout_s=limits.timeout_s)
    with sniff.open_image(source, kind) as image:
        width, height = image.size
        _check_size(width, height, limits)
        if image.info.get("progressive"):
            _check_scans(data, width * height, limits)
        if kind == "JPEG" and _may_scale(frame, width, height) and target.reduced_decode:
            image.draft(None, to_rgb.draft_size(image, target))
        asked = time.monotonic()
        with gate(image.width * image.height):
            source.extend(time.monotonic() - asked)
            image.load()
            _check_size(*image.size, limits)
            pixels, turned = to_rgb.to_rgb(image, target)
    if turned:
        width, height = height, width
    return DecodedImage(
        pixels=pixels,
        sha256=sha256,
        bytes=len(data),
        width=width,
        height=height,
        format=kind,
    )


def _may_scale(frame: jpeg_frame.Frame | None, width: int, height: int) -> bool:
    """Whether the decoder may be asked for less.

    Raises ``ImageError``: ``CORRUPT`` where header and decoder speak of different pictures.
    """
    if frame is None or (frame.width, frame.height) != (width, height):
        raise ImageError(Code.CORRUPT, "a JPEG whose header can be read in two ways")
    return frame.scalable


def _check_size(width: int, height: int, limits: DecodeLimits) -> None:
    if width * height > limits.max_pixels:
        raise ImageError(
            Code.TOO_MANY_PIXELS,
            f"{width} × {height} pixels; at most {limits.max_pixels} are decoded",
        )
    if width < 1 or height < 1:
        raise ImageError(Code.CORRUPT, "an image without pixels")


def _check_scans(data: bytes, pixels: int, limits: DecodeLimits) -> None:
    scans = data.count(b"\xff\xda")
    if scans > 1 and scans * pixels > limits.max_scan_pixels:
        raise ImageError(Code.TOO_MANY_PIXELS, f"{scans} scans over {pixels} pixels")


_NOT_DECODED = re.compile(r"unsupported|unknown|not supported|not available|not installed")


def _explain(error: Exception) -> tuple[Code, str]:
    text = str(error)[:200]
    lowered = text.lower()
    if "truncated" in lowered or isinstance(error, EOFError):
        return Code.TRUNCATED, f"the file ends early ({text})"
    if isinstance(error, (struct.error, IndexError)):
        return Code.CORRUPT, "the file's structure is broken"
    if isinstance(error, NotImplementedError) or _NOT_DECODED.search(lowered):
        return Code.UNSUPPORTED_FORMAT, f"a variant that is not decoded ({text})"
    return Code.CORRUPT, f"{type(error).__name__}: {text}"
