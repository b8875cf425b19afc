"""What else is made of a picture than a model's pixels, from one reading of its bytes.

A maker looks at a larger picture than the model needs and makes something small of it: a hash, a
text. It is asked once for each distinct picture, and the larger picture is let go of at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Maker(Protocol):
    """Makes one thing of pictures. Called from many threads."""

    def make(self, pixels: NDArray[np.uint8]) -> Any:
        """What is made of a picture; a few KiB, for it is remembered with the model's pixels.

        Args:
            pixels: uint8 ``[height, width, 3]``, RGB, read-only, as the picture is shown, in its
                own proportions. The longer side has ``least_px`` pixels, or more where another
                maker wants them, or fewer where the original has fewer.
        """

    def close(self) -> None:
        """Let go of what it holds. Again is no harm."""


class Further(Protocol):
    """Which maker a picture is to be shown to. Small, frozen, picklable and hashable."""

    @property
    def name(self) -> str:
        """Under which ``DecodedImage.made`` has what was made."""

    @property
    def least_px(self) -> int:
        """Pixels that the longer side needs."""

    def open(self) -> Maker:
        """The maker; a door asks once."""


@dataclass(frozen=True, slots=True)
class NotMade:
    """A maker that raised. The picture itself is none the worse for it."""

    reason: str
