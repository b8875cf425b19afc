"""Encoded images, read back from the files that they wait in."""

from __future__ import annotations

import os
from collections import OrderedDict
from typing import IO

from moderation.datasets.image_results import EncodedImage
from moderation.storage import files

_OPEN_FILES = 32


class EncodedFiles:
    """Reads images back from files; keeps the last few open."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, IO[bytes]] = OrderedDict()

    def read(self, image: EncodedImage) -> bytes:
        """Bytes of one image; raises ``EOFError`` where the file ends before it does."""
        path, end = image.file, image.offset + image.length
        file = self._open.get(path)
        if file is None:
            file = self._open[path] = _opened(path)
            if len(self._open) > _OPEN_FILES:
                self._open.popitem(last=False)[1].close()
        self._open.move_to_end(path)
        file.seek(image.offset)
        data = file.read(image.length)
        if len(data) != image.length:
            raise EOFError(f"{path} ends before {end}")
        return data

    def close(self) -> None:
        """Close all."""
        while self._open:
            self._open.popitem()[1].close()


def _opened(path: str) -> IO[bytes]:
    if not files.is_remote(path):
        return open(os.fspath(path), "rb", buffering=0)
    from moderation.storage.opening import open_bytes

    return open_bytes(path)
