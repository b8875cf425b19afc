"""Where a picture is decoded: what all decoders promise, and the one that needs no process."""

from __future__ import annotations

import time
from typing import Protocol

from moderation.images.decoding.gate import PixelGate
from moderation.images.decoding.limits import DecodeLimits
from moderation.images.stats import StatsCollector
from moderation.images.types import ImageOutcome, Target

CLOSED = "the door was closed before the image was there"


class Decoder(Protocol):
    """Decodes one picture after another, from any thread."""

    @property
    def threads(self) -> int:
        """That keep it busy."""

    def decode(self, data: bytes, sha256: str, target: Target) -> ImageOutcome:
        """The image or its failure."""

    def close(self) -> None:
        """Let go of what it holds."""


class ThreadDecoder:
    """Decodes in the thread that asks: a decoder that dies takes this process with it."""

    def __init__(
        self, threads: int, *, limits: DecodeLimits, gate: PixelGate, stats: StatsCollector
    ) -> None:
        self.threads = threads
        self._limits = limits
        self._gate = gate
        self._stats = stats

    def decode(self, data: bytes, sha256: str, target: Target) -> ImageOutcome:
        """In this thread."""
        from moderation.images.decoding.decode import decode_hashed

        began = time.perf_counter()
        outcome = decode_hashed(data, sha256, target, limits=self._limits, gate=self._gate)
        self._stats.decoded(seconds=time.perf_counter() - began, size=len(data))
        return outcome

    def close(self) -> None:
        """Nothing to let go of."""
