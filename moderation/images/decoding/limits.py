"""What one file may cost, and what is said of one that would cost more."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.images.types import ImageFailure
from schemas.codes import Code

MOST_BYTES_PER_PIXEL = 16
"""That any format was seen to take while it is decoded: WEBP."""


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What one file may cost."""

    max_pixels: int = 50_000_000
    """Width × height; a hostile file within it stays under 1 GiB while it is decoded."""
    timeout_s: float = 3.5
    """Of the processor; checked whenever the decoder asks for more input."""
    max_scan_pixels: int = 2_000_000_000
    """Scans × pixels of a progressive JPEG; each scan is a pass over the whole picture."""


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """What the process of one file may cost, whatever its decoder does."""

    small_pixels: int = 4_000_000
    """Up to here a picture is decoded beside others without asking."""
    small_bytes: int = 192 << 20
    """Address space for one of those."""
    bytes_per_pixel: int = MOST_BYTES_PER_PIXEL
    """For a larger one, which has to ask."""
    other_bytes: int = 128 << 20
    """For what is no pixel: text, profiles, libraries that are loaded late."""
    processor_s: float = 5.0
    """Then the process is ended."""
    clock_s: float = 20.0
    """Then it is ended too: it waits for something."""

    def memory_bytes(self, pixels: int) -> int:
        """Of address space, for a picture of so many pixels."""
        if pixels <= self.small_pixels:
            return self.small_bytes
        return self.most_bytes(pixels)

    def most_bytes(self, pixels: int) -> int:
        """With which no picture of so many pixels can want for memory."""
        return self.bytes_per_pixel * pixels + self.other_bytes


DEFAULT_LIMITS = DecodeLimits()
DEFAULT_PROCESS_LIMITS = ProcessLimits()
OUT_OF_MEMORY = ImageFailure(Code.TOO_MANY_PIXELS, "the file asks for more memory than there is")
