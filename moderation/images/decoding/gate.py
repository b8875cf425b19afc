"""How many pixels may be decoded at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class PixelGate:
    """Lets pictures be decoded beside each other while their pixels together stay in bounds.

    One alone always gets through, whatever its size.
    """

    def __init__(self, max_pixels: int) -> None:
        self._max_pixels = max_pixels
        self._used = 0
        self._changed = threading.Condition()

    @contextmanager
    def __call__(self, pixels: int) -> Iterator[None]:
        """Wait until there is room, and hold it."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._used or self._used + pixels <= self._max_pixels
            )
            self._used += pixels
        try:
            yield
        finally:
            with self._changed:
                self._used -= pixels
                self._changed.notify_all()
