"""What passes through the door: a reference in, an image or a failure out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemas.codes import Code, Stage
from schemas.pixels import PILLOW_RESIZERS, JpegArithmetic, Resample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moderation.images.further import Further

_OF_DECODING = frozenset(
    {
        Code.UNSUPPORTED_FORMAT,
        Code.TOO_MANY_PIXELS,
        Code.TRUNCATED,
        Code.CORRUPT,
        Code.DECODE_TIMEOUT,
        Code.DECODER_CRASHED,
        Code.RESOURCE_EXHAUSTED,
    }
)


class ImageError(Exception):
    """An image cannot be had. Raised inside the door, never out of it.

    ``transient`` says whether the same fetch may go better in a moment, and
    ``retry_after_s`` when the other side asks for it. ``attempts`` and ``host``
    are filled in on the way out: how often it was tried, and who failed.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        transient: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.transient = transient
        self.retry_after_s = retry_after_s
        self.attempts = 0
        self.host: str | None = None


@dataclass(frozen=True, slots=True)
class ImageRef:
    """Where one image of one record is. Small and picklable: it may cross a shuffle."""

    field: str
    """The record's field: ``image_1``, ``img``…"""
    reference: str
    """As the record has it, made safe to print: no query, userinfo or inline bytes."""
    location: str
    """What is opened: an absolute local path, ``http(s)://…``, ``gs://…`` or ``data:…``."""
    root: str | None
    """The folder it must stay inside once links are resolved; None: trusted as it is."""


@dataclass(frozen=True, slots=True)
class Target:
    """The image that a model wants: ``uint8 [height, width, 3]``, RGB."""

    height: int
    width: int
    resample: Resample = "bilinear"
    reduced_decode: bool = True
    """True: JPEG may be decoded at a reduced scale before one of Pillow's filters resizes it."""
    jpeg: JpegArithmetic = "accurate"
    further: tuple[Further, ...] = ()
    """What else is to be made of the picture. It changes nothing in the image above."""
    md5: bool = False
    """Whether the MD5 of its bytes is wanted beside their SHA-256."""

    @property
    def may_scale(self) -> bool:
        """Whether a JPEG may be decoded at a reduced scale."""
        pillows = self.resample in PILLOW_RESIZERS
        return self.reduced_decode and pillows and self.jpeg == "accurate"

    @property
    def larger_px(self) -> int:
        """Pixels of the longer side that ``further`` needs; 0: nothing is asked for."""
        return max((each.least_px for each in self.further), default=0)


@dataclass(frozen=True, slots=True, eq=False)
class DecodedImage:
    """Pixels at the target's size, and what the original was."""

    pixels: NDArray[np.uint8]
    """uint8 ``[height, width, 3]``, RGB, 0..255, C-contiguous, read-only (it may be shared)."""
    sha256: str
    """Of the encoded bytes, hexadecimal."""
    bytes: int
    """Length of the encoded bytes."""
    width: int
    """Of the original as it is shown, its orientation applied, in pixels."""
    height: int
    format: str
    """What the magic bytes say, one of ``moderation.images.decoding.sniff.FORMATS``."""
    larger: NDArray[np.uint8] | None = None
    """On the way from a decoder to the makers: the picture that they are shown."""
    md5: str | None = None
    """Of the encoded bytes, where the target asks for it."""
    made: Mapping[str, Any] = field(default_factory=dict)
    """By the names of the target's ``further``: what was made, or ``NotMade``."""


@dataclass(frozen=True, slots=True)
class ImageFailure:
    """Why there is no image."""

    code: Code
    message: str
    attempts: int = 0
    """Requests made before giving up; 0 where nothing was sent."""

    @property
    def retryable(self) -> bool:
        """True where the same reference may lead to an image later."""
        return self.code.retryable

    @property
    def stage(self) -> Stage:
        """Whether the bytes could not be had or could not be decoded."""
        return Stage.DECODE if self.code in _OF_DECODING else Stage.FETCH

    @classmethod
    def of(cls, error: ImageError) -> ImageFailure:
        """The failure that an error inside the door becomes."""
        return cls(code=error.code, message=error.message, attempts=error.attempts)


ImageOutcome = DecodedImage | ImageFailure
