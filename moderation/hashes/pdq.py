"""PDQ of a picture: 256 bits that stay near each other through re-encoding, scaling and grey.

The reference implementation hashes pictures that are larger than 512 pixels from a square of 512,
whatever their shape; so does this one, whose hashes are then within a few bits of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BITS = 256
BYTES = BITS // 8
SIDE = 512
"""Of the square that a larger picture is hashed from, in pixels."""


class Pdq(NamedTuple):
    """A hash and what it is worth."""

    bits: bytes
    """32 of them, in the order of the usual 64 hexadecimal digits."""
    quality: int
    """0..100: below 50 the picture has too little in it to be told from others."""

    @property
    def hex(self) -> str:
        """As banks write it."""
        return self.bits.hex()


def pdq(pixels: NDArray[np.uint8]) -> Pdq:
    """The hash of a picture.

    Args:
        pixels: uint8 ``[height, width, 3]``, RGB, palette and transparency resolved before. Of the
            original's size, or reduced to no less than ``SIDE`` on either side: the hash of a
            smaller copy may be another one.

    Raises:
        ValueError: they are no picture.
    """
    import pdqhash

    bits, quality = pdqhash.compute(_reduced(pixels))
    return Pdq(_packed(bits), int(quality))


def pdq_and_mirror(pixels: NDArray[np.uint8]) -> tuple[Pdq, Pdq]:
    """The hashes of a picture and of its mirror image.

    Of mirrored pixels: ``pdqhash.compute_dihedral`` is cheaper and up to 44 bits off, for the
    places that it samples a picture at are not symmetrical.
    """
    import numpy as np
    import pdqhash

    reduced = _reduced(pixels)
    bits, quality = pdqhash.compute(reduced)
    mirrored, _ = pdqhash.compute(np.ascontiguousarray(reduced[:, ::-1]))
    return Pdq(_packed(bits), int(quality)), Pdq(_packed(mirrored), int(quality))


def _reduced(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import numpy as np
    from PIL import Image

    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError(
            f"a picture is uint8 [height, width, 3], not {pixels.dtype} {list(pixels.shape)}"
        )
    if max(pixels.shape[:2]) <= SIDE:
        return np.ascontiguousarray(pixels)
    image = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(image)


def _packed(bits: NDArray[np.uint8]) -> bytes:
    import numpy as np

    return np.packbits(bits.astype(np.uint8)).tobytes()
