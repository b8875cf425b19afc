"""PDQ in the image door: made of the larger picture that is decoded beside the model's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.hashes.views import View, picture_views

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PictureHashing:
    """Shows pictures to PDQ; a further product of the door (``moderation.images.further``)."""

    plain: bool = False
    """True: the picture itself, no other view of it."""

    @property
    def name(self) -> str:
        """Under which the door has the views."""
        return "pdq"

    @property
    def least_px(self) -> int:
        """Enough for a picture inside borders to be hashed from pixels of its own."""
        return 1_024

    def open(self) -> _Hasher:
        """What makes them."""
        return _Hasher(self.plain)


@dataclass(frozen=True, slots=True)
class _Hasher:
    plain: bool

    def make(self, pixels: NDArray[np.uint8]) -> tuple[View, ...]:
        """The picture's views."""
        return picture_views(pixels, plain=self.plain)

    def close(self) -> None:
        """Nothing to let go of."""
