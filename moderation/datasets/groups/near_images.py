"""When images are alike: hashes that differ in few bits where the pictures do.

``STEPS`` are 128 bits: the signs of brightness steps to the right and downwards on a grid of 9 × 9.
Where ``pdqhash`` is installed, ``PDQ``'s 256 bits stand beside them, and images are near by either.
How the two compare stands in docs/decisions/0046-sets-that-leave.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from moderation.hashes.pdq import SIDE, Pdq, pdq
from schemas.datasets import ImageHash

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAND_BITS = 16
DISTANCE_BITS = {ImageHash.PDQ: 36, ImageHash.STEPS: 6}
"""In how many bits near images may differ where nobody says otherwise."""
MOST_DISTANCE_BITS = {ImageHash.PDQ: 40, ImageHash.STEPS: 7}
"""Beyond which too few of them would share a band."""
_PDQ_DIGITS, _STEPS_DIGITS, _WORD_DIGITS = 64, 32, 16
_FLAT = 6.0
"""Standard deviation of grey levels on the grid below which a picture has no hash: an empty page
is like every other."""
_LEAST_QUALITY = 50
"""Of PDQ, below which it is the same."""


@dataclass(frozen=True, slots=True)
class NearImages:
    """By which hash images are near, and from which distance on."""

    hash: ImageHash = ImageHash.STEPS
    distance_bits: int = DISTANCE_BITS[ImageHash.STEPS]

    @property
    def limits(self) -> tuple[tuple[str, int], ...]:
        """Names of the words of a hash, each of 64 bits, and the bits they may differ in."""
        if self.hash is ImageHash.STEPS:
            return (("ab", self.distance_bits),)
        return (("abcd", self.distance_bits), ("ef", DISTANCE_BITS[ImageHash.STEPS]))

    @property
    def bands(self) -> int:
        """Hashes that share none are taken for far.

        Of ``STEPS`` 8, of which two hashes up to 7 bits apart share one. Of ``PDQ`` 16 along the
        rows of its 16 × 16 bits and 16 along the columns: sure up to 15 bits, and as good as sure
        up to 31.
        """
        return 8 if self.hash is ImageHash.STEPS else 40

    def words_of(self, hash_hex: str) -> tuple[int, ...]:
        """A hash as numbers."""
        starts = range(0, len(hash_hex), _WORD_DIGITS)
        return tuple(int(hash_hex[start : start + _WORD_DIGITS], 16) for start in starts)

    def bands_of(self, hash_hex: str) -> list[int]:
        """One number of 64 bits for each band of a hash."""
        data = bytes.fromhex(hash_hex)
        if self.hash is ImageHash.PDQ:
            data += _columns(data[: _PDQ_DIGITS // 2])
        size = BAND_BITS // 8
        return [_mixed(band, data[size * band : size * (band + 1)]) for band in range(self.bands)]


def both_hashes(pdq_hex: str, steps_hex: str, *, sha256: str) -> str:
    """A picture's two hashes as one of 96 hex digits; nothing where it has neither.

    In the place of one that there is not stand digits of the picture's own, far from any other's.
    """
    if not pdq_hex and not steps_hex:
        return ""
    own = hashlib.blake2b(sha256.encode()).hexdigest()
    return (pdq_hex or own[:_PDQ_DIGITS]) + (steps_hex or own[-_STEPS_DIGITS:])


BY_STEPS = NearImages()


@dataclass(frozen=True, slots=True)
class PdqForGroups:
    """A further product of the image door: PDQ's 64 hex digits.

    None of them of a picture with too little in it.
    """

    @property
    def name(self) -> str:
        """Under which the door has it."""
        return "near_image"

    @property
    def least_px(self) -> int:
        """What PDQ is made from."""
        return SIDE

    def open(self) -> PdqForGroups:
        """It holds nothing."""
        return self

    def make(self, pixels: NDArray[np.uint8]) -> str:
        """The hash of a picture."""
        return told(pdq(pixels))

    def close(self) -> None:
        """Nothing to let go of."""


def told(found: Pdq) -> str:
    """A hash as groups take it: nothing of a picture that is like many others."""
    return found.hex if found.quality >= _LEAST_QUALITY else ""


def steps_hash(image: Image.Image) -> str:
    """32 hex digits of an RGB image, or nothing for a picture without contrast."""
    small = image.convert("L").resize((9, 9), Image.Resampling.BOX)
    grid = np.asarray(small, dtype=np.int16)
    if float(grid.std()) < _FLAT:
        return ""
    right = grid[:8, 1:] > grid[:8, :-1]
    down = grid[1:, :8] > grid[:-1, :8]
    return np.packbits(np.concatenate([right.ravel(), down.ravel()])).tobytes().hex()


def _columns(data: bytes) -> bytes:
    """The bits of a square, column by column."""
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8)).reshape(BAND_BITS, BAND_BITS)
    return np.packbits(bits.T).tobytes()


def _mixed(band: int, data: bytes) -> int:
    salted = bytes((band,)) + data
    return int.from_bytes(hashlib.blake2b(salted, digest_size=8).digest(), "little")
