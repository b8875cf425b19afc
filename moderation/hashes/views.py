"""A picture as it is looked up: itself, its mirror image, and what is inside its borders."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from moderation.hashes.borders import without_borders
from moderation.hashes.pdq import Pdq, pdq, pdq_and_mirror
from schemas.hashes import MatchedAs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class View(NamedTuple):
    """One way to look at a picture."""

    seen_as: MatchedAs
    pdq: Pdq


def picture_views(pixels: NDArray[np.uint8], *, plain: bool = False) -> tuple[View, ...]:
    """The views of a picture; the first is the picture itself.

    Args:
        pixels: uint8 ``[height, width, 3]``, RGB, as ``pdq`` wants them.
        plain: no other view than that.
    """
    if plain:
        return (View(MatchedAs.PICTURE, pdq(pixels)),)
    whole, mirror = pdq_and_mirror(pixels)
    views = [View(MatchedAs.PICTURE, whole), View(MatchedAs.MIRROR, mirror)]
    views += [View(MatchedAs.WITHOUT_BORDERS, pdq(inner)) for inner in without_borders(pixels)]
    return tuple(views)
