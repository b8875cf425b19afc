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


def most_bytes(target: Target) -> int:
    """Of that and the largest picture that makers may be shown beside it."""
    return size_of(target) + 3 * target.larger_px**2


def pixels_of(rgb: bytes, target: Target) -> NDArray[np.uint8]:
    """uint8 ``[height, width, 3]`` over these very bytes, read-only."""
    import numpy as np  # a child that decodes has no need of it

    return np.frombuffer(rgb, dtype=np.uint8).reshape(target.height, target.width, 3)


def larger_of(rgb: bytes, width: int) -> NDArray[np.uint8] | None:
    """The same of a larger picture; None where there are no bytes."""
    import numpy as np

    return np.frombuffer(rgb, dtype=np.uint8).reshape(-1, width, 3) if rgb else None
