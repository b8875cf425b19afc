"""Bytes of RGB as the array that a model is fed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moderation.images.types import Target


def size_of(target: Target) -> int:
    """Bytes of an image of the target's size."""
    return 3 * target.height * target.width


def pixels_of(rgb: bytes, target: Target) -> NDArray[np.uint8]:
    """uint8 ``[height, width, 3]`` over these very bytes, read-only."""
    import numpy as np  # a child that decodes has no need of it

    return np.frombuffer(rgb, dtype=np.uint8).reshape(target.height, target.width, 3)
