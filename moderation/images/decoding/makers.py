"""The makers of a door, each opened when the first picture is to be shown to it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from moderation.images.further import Further, Maker, NotMade
from moderation.images.types import DecodedImage

_log = logging.getLogger(__name__)


class Makers:
    """Thread-safe. A maker that raises has not made anything, and no picture is lost for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[Further, Maker] = {}

    def made(self, image: DecodedImage, further: Iterable[Further]) -> DecodedImage:
        """The image with what was made of it, and without the larger picture."""
        made = {each.name: self._of(each, image) for each in further}
        return replace(image, larger=None, made=made)

    def close(self) -> None:
        """Let go of what they hold. Again is no harm."""
        with self._lock:
            makers = [*self._open.values()]
            self._open.clear()
        for maker in makers:
            maker.close()

    def _of(self, further: Further, image: DecodedImage) -> Any:
        assert image.larger is not None, "a decoder gives what a target asks for"
        try:
            return self._maker(further).make(image.larger)
        except Exception as error:  # a library of somebody's, at somebody's pixels
            _log.debug("%s of %s", further.name, image.sha256, exc_info=True)
            return NotMade(f"{type(error).__name__}: {error}"[:200])

    def _maker(self, further: Further) -> Maker:
        with self._lock:
            if further not in self._open:
                self._open[further] = further.open()
            return self._open[further]
