"""What of a picture reaches the reviewer's browser: encoded anew, clear or blurred, grey or not."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = "rendition"
_LONGER_PX = 1_280
_BLURRED_PX = 12
"""So few pixels of the longer side are left of a blurred picture, though it is shown as large."""
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Rendition:
    """A picture as JPEG files."""

    clear: bytes
    clear_grey: bytes
    blurred: bytes
    blurred_grey: bytes
    width: int
    """Of ``clear``, in pixels."""
    height: int

    def view(self, *, clear: bool, grey: bool) -> bytes:
        """One of them."""
        if clear:
            return self.clear_grey if grey else self.clear
        return self.blurred_grey if grey else self.blurred

    @property
    def weight(self) -> int:
        """Bytes of all of them."""
        return sum(map(len, (self.clear, self.clear_grey, self.blurred, self.blurred_grey)))


@dataclass(frozen=True, slots=True)
class MakeRenditions:
    """A further product of the door (``moderation.images.further``), made of decoded pixels."""

    @property
    def name(self) -> str:
        """Under which the door has it."""
        return NAME

    @property
    def least_px(self) -> int:
        """Of the longer side."""
        return _LONGER_PX

    def open(self) -> _Maker:
        """What makes them."""
        return _Maker()


class _Maker:
    def make(self, pixels: NDArray[np.uint8]) -> Rendition:
        """All views of uint8 ``[height, width, 3]``, RGB."""
        clear = Image.fromarray(pixels)
        blurred = _blurred(clear)
        return Rendition(
            clear=_jpeg(clear),
            clear_grey=_jpeg(clear.convert("L")),
            blurred=_jpeg(blurred),
            blurred_grey=_jpeg(blurred.convert("L")),
            width=clear.width,
            height=clear.height,
        )

    def close(self) -> None:
        """Nothing to let go of."""


def _blurred(image: Image.Image) -> Image.Image:
    few = image.resize(_within(image, _BLURRED_PX), Image.Resampling.BOX)
    return few.resize(image.size, Image.Resampling.BICUBIC)


def _within(image: Image.Image, longer_px: int) -> tuple[int, int]:
    scale = longer_px / max(image.size)
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
