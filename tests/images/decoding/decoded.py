"""Pictures in, one colour, pixels or a code out."""

from __future__ import annotations

import numpy as np
from PIL import Image

from moderation.images.decoding.decode import decode
from moderation.images.decoding.limits import DEFAULT_LIMITS, DecodeLimits
from moderation.images.types import DecodedImage, ImageFailure, Target
from schemas.codes import Code
from tests.faults.pictures import encoded

SIZE = 16


SMALL = Target(SIZE, SIZE)


def pixels(data: bytes, target: Target = SMALL) -> np.ndarray:
    outcome = decode(data, target)
    assert isinstance(outcome, DecodedImage), outcome
    return outcome.pixels


def code(data: bytes, *, limits: DecodeLimits = DEFAULT_LIMITS) -> Code:
    outcome = decode(data, SMALL, limits)
    assert isinstance(outcome, ImageFailure), outcome
    return outcome.code


def colour(data: bytes) -> list[int]:
    """The one colour of a picture."""
    found = pixels(data)
    assert (found == found[0, 0]).all(), "more than one colour"
    return [int(value) for value in found[0, 0]]


def flat(mode: str, value: object, kind: str, **options: object) -> bytes:
    return encoded(Image.new(mode, (20, 20), value), kind, **options)  # type: ignore[arg-type]
