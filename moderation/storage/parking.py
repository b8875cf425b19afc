"""Inline image bytes wait in the run's staging area, so that none crosses a shuffle."""

from __future__ import annotations

import hashlib
import os
import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parking:
    """A content-addressed folder, local or remote. Parking the same bytes twice is harmless."""

    folder: str

    def park(self, data: bytes) -> str:
        """Store the bytes under their digest; return the path to open them from."""
        digest = hashlib.sha256(data).hexdigest()
        path = f"{self.folder}/{digest[:2]}/{digest}"
        if "://" in path:
            self._park_remote(path, data)
        elif not os.path.exists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            draft = f"{path}.{uuid.uuid4().hex}"
            with open(draft, "wb") as file:
                file.write(data)
            os.replace(draft, path)
        return path

    def _park_remote(self, path: str, data: bytes) -> None:
        from apache_beam.io.filesystem import CompressionTypes
        from apache_beam.io.filesystems import FileSystems

        if not FileSystems.exists(path):
            with FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED) as file:
                file.write(data)
