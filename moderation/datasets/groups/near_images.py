"""When images are alike: 128 bits that differ little where the pictures do.

The signs of brightness steps to the right and downwards on a grid of 9 × 9; equal pictures that
were scaled or compressed anew differ in a few bits.
"""

from __future__ import annotations

import hashlib

import numpy as np
from PIL import Image

IMAGE_BANDS = 8
"""Of 16 bits each: hashes that differ in up to 7 bits agree in a whole band."""
_FLAT = 6.0
"""Standard deviation of grey levels on the grid below which a picture has no hash: an empty page
is like every other."""


def perceptual_hash(image: Image.Image) -> str:
    """32 hex digits of an RGB image, or nothing for a picture without contrast."""
    small = image.convert("L").resize((9, 9), Image.Resampling.BOX)
    grid = np.asarray(small, dtype=np.int16)
    if float(grid.std()) < _FLAT:
        return ""
    right = grid[:8, 1:] > grid[:8, :-1]
    down = grid[1:, :8] > grid[:-1, :8]
    return np.packbits(np.concatenate([right.ravel(), down.ravel()])).tobytes().hex()


def image_bands(hash_hex: str) -> list[int]:
    """One number for each band of a perceptual hash."""
    return [
        _mixed(band, bytes.fromhex(hash_hex[4 * band : 4 * band + 4]))
        for band in range(IMAGE_BANDS)
    ]


def _mixed(band: int, data: bytes) -> int:
    salted = bytes((band,)) + data
    return int.from_bytes(hashlib.blake2b(salted, digest_size=8).digest(), "little")
