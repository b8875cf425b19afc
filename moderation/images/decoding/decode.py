"""From encoded bytes to pixels: any bytes, no exception, no surprise.

The header is judged before any pixel is decoded; the work that a file may ask
for is bounded by its size in pixels, by its scans and by a clock that the
decoder reads its input through. What the formats differ in (palettes, alpha,
CMYK, sixteen bits…) is settled in ``to_rgb``.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

from PIL import Image
from PIL.ImageFile import ImageFile

from moderation.images.decoding import fast_jpeg, jpeg_frame, sniff, to_rgb
from moderation.images.decoding.limits import DEFAULT_LIMITS, OUT_OF_MEMORY, DecodeLimits
from moderation.images.decoding.pixels import larger_of, pixels_of
from moderation.images.types import DecodedImage, ImageError, ImageFailure, ImageOutcome, Target
from schemas.codes import Code

_READS_A_LOOK = 16
"""The clock costs more than most reads."""

Gate = Callable[[int], AbstractContextManager[None]]


class MoreRoomError(Exception):
    """A gate's refusal: so many pixels have to be asked for first."""

    def __init__(self, pixels: int) -> None:
        super().__init__(f"{pixels} pixels")
        self.pixels = pixels


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded file, its pixels still Pillow's."""

    image: Image.Image
    """RGB, of the target's size."""
    width: int
    """Of the original as it is shown, in pixels."""
    height: int
    format: str
    larger: Image.Image | None = None
    """RGB, where the target asks for a larger picture too."""


def _no_gate(pixels: int) -> AbstractContextManager[None]:
    return nullcontext()


class _ClockedBytes(io.BytesIO):
    """Input that runs out of patience: the one place where a decode can stop itself.

    Its clock is this thread's processor time: neither a busy machine nor a wait is decoding.
    """

    def __init__(self, data: bytes, *, timeout_s: float) -> None:
        super().__init__(data)
        self._stop_at = time.thread_time() + timeout_s
        self._reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if not self._reads % _READS_A_LOOK and time.thread_time() > self._stop_at:
            raise ImageError(Code.DECODE_TIMEOUT, "decoding takes too long")
        self._reads += 1
        return super().read(size)


def decode(data: bytes, target: Target, limits: DecodeLimits = DEFAULT_LIMITS) -> ImageOutcome:
    """Decode, orient, convert to RGB and resize, in this process.

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
        found = decode_picture(data, target, larger_px=target.larger_px, limits=limits, gate=gate)
    except MemoryError:
        return OUT_OF_MEMORY
    if isinstance(found, ImageFailure):
        return found
    return DecodedImage(
        pixels=pixels_of(found.image.tobytes(), target),
        sha256=sha256,
        bytes=len(data),
        width=found.width,
        height=found.height,
        format=found.format,
        larger=larger_of(found.larger.tobytes(), found.larger.width) if found.larger else None,
    )


def decode_picture(
    data: bytes, target: Target, *, larger_px: int, limits: DecodeLimits, gate: Gate
) -> Picture | ImageFailure:
    """``decode`` without the arrays that it ends in; ``larger_px`` is the target's.

    Raises ``MemoryError``, and ``MoreRoomError`` where the gate does: what they mean is to be told
    by who set the limits.
    """
    try:
        return _decode(data, target, larger_px=larger_px, limits=limits, gate=gate)
    except (MemoryError, MoreRoomError):
        raise
    except ImageError as error:
        return ImageFailure.of(error)
    except Image.DecompressionBombError:
        return ImageFailure(Code.TOO_MANY_PIXELS, "the file asks for more pixels than are decoded")
    except Exception as error:  # Pillow raises whatever its plugins trip over
        return ImageFailure(*_explain(error))


def _decode(
    data: bytes, target: Target, *, larger_px: int, limits: DecodeLimits, gate: Gate
) -> Picture:
    kind = sniff.identify(data)
    sniff.check_header(data, kind, max_pixels=limits.max_pixels)
    frame = jpeg_frame.read_frame(data) if kind == "JPEG" else None
    source = _ClockedBytes(data, timeout_s=limits.timeout_s)
    with ExitStack() as held:
        canvas = math.prod(sniff.webp_size(data)) if kind == "WEBP" else 0
        if canvas:
            held.enter_context(gate(canvas))  # opening allocates it
        image = held.enter_context(sniff.open_image(source, kind))
        width, height = image.size
        _check_size(width, height, limits)
        if image.info.get("progressive"):
            _check_scans(data, width * height, limits)
        scale = kind == "JPEG" and _may_scale(frame, width, height) and target.may_scale
        larger_size = to_rgb.larger_size(width, height, longer_px=larger_px)
        if scale:
            own = to_rgb.draft_size(image, target)
            beside = larger_size if larger_px else own
            image.draft(None, (max(own[0], beside[0]), max(own[1], beside[1])))
        if not canvas:
            held.enter_context(gate(image.width * image.height))
        alone = None if larger_px else fast_jpeg.decoded(data, image, target)
        if alone is None:
            image.load()
        _check_size(*image.size, limits)
        larger = None
        if larger_px:
            larger = to_rgb.sized(image, larger_size, resample="bilinear")
            if scale:
                image = held.enter_context(_as_alone(image, source, target))
            alone = fast_jpeg.decoded(data, image, target)
        rgb, turned = to_rgb.to_rgb(alone or image, target)
    if turned:
        width, height = height, width
    return Picture(rgb, width, height, kind, larger)


@contextmanager
def _as_alone(image: ImageFile, source: io.BytesIO, target: Target) -> Iterator[ImageFile]:
    """The picture as it would be decoded were nothing larger asked for.

    A scaled decode of a JPEG is no average of a larger one: a model's pixels must not hang on
    what else is made of the picture.
    """
    source.seek(0)
    with sniff.open_image(source, "JPEG") as again:
        again.draft(None, to_rgb.draft_size(again, target))
        if again.size == image.size:
            yield image
        else:
            again.load()
            yield again


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
