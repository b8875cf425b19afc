"""When contents are alike: hashes of texts and images that meet where the originals are close.

Texts are compared as ``export.heldout`` does: normalised, by the Jaccard similarity of their
5-character shingles. MinHash (datasketch) proposes pairs, the exact similarity decides. Images:
128 bits, the signs of brightness steps to the right and downwards on a grid of 9 × 9; equal
pictures that were scaled or compressed anew differ in a few bits.
"""

from __future__ import annotations

import functools
import hashlib
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from moderation.datasets.export.heldout import jaccard, normalised, shingles

if TYPE_CHECKING:
    from datasketch import MinHash
    from numpy.typing import NDArray

BANDS, BAND_ROWS = 32, 4
"""A pair of similarity s meets with probability 1 - (1 - s⁴)³²: 98.8 % at 0.6, 99.98 % at 0.7."""
MAX_IMAGE_DISTANCE = 7
"""128 bits in 8 bands of 16: hashes that differ in up to 7 bits agree in a whole band."""
IMAGE_BANDS = 8
_FLAT = 6.0
"""Standard deviation of grey levels on the grid below which a picture has no hash: an empty page
is like every other."""


def normal_text(text: str) -> str:
    """What of a text counts; what has nothing but links and punctuation counts as it is."""
    return normalised(text) or text.strip()


def text_bands(text: str) -> list[int]:
    """One number for each band; texts that share one are compared."""
    signature = _empty().copy()
    signature.update_batch(shingles(text))
    values = signature.hashvalues.astype("<u8").reshape(BANDS, BAND_ROWS)
    return [_mixed(band, row.tobytes()) for band, row in enumerate(values)]


@functools.cache
def _empty() -> MinHash:
    """Made once: its permutations cost more than a text's signature."""
    from datasketch import MinHash

    return MinHash(num_perm=BANDS * BAND_ROWS, hashfunc=zlib.crc32)


def any_near(some: Iterable[str], others: Iterable[str], *, similarity: float) -> bool:
    """Whether a text of one content is nearly one of the other's."""
    theirs = [_shingles(text) for text in others]
    return any(
        jaccard(mine, other) >= similarity for mine in map(_shingles, some) for other in theirs
    )


@functools.lru_cache(maxsize=1024)
def _shingles(text: str) -> frozenset[bytes]:
    """One text is compared with many in a row."""
    return shingles(text)


def perceptual_hash(pixels: NDArray[np.uint8]) -> str:
    """32 hex digits, or nothing for a picture without contrast.

    Args:
        pixels: uint8 ``[height, width, 3]``, RGB.
    """
    small = Image.fromarray(pixels).convert("L").resize((9, 9), Image.Resampling.BOX)
    grid = np.asarray(small, dtype=np.int16)
    if float(grid.std()) < _FLAT:
        return ""
    right = grid[:8, 1:] > grid[:8, :-1]
    down = grid[1:, :8] > grid[:-1, :8]
    return np.packbits(np.concatenate([right.ravel(), down.ravel()])).tobytes().hex()


def image_bands(hash_hex: str) -> list[int]:
    """One number for each band of a perceptual hash."""
    return [
        _mixed(BANDS + band, bytes.fromhex(hash_hex[4 * band : 4 * band + 4]))
        for band in range(IMAGE_BANDS)
    ]


def _mixed(band: int, data: bytes) -> int:
    salted = bytes((band,)) + data
    return int.from_bytes(hashlib.blake2b(salted, digest_size=8).digest(), "little")
