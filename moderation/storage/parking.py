"""Inline image bytes wait in the run's staging area, so that none crosses a shuffle."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from moderation.storage import files


@dataclass(frozen=True, slots=True)
class Parking:
    """A content-addressed folder, local or remote. Parking the same bytes twice is harmless."""

    folder: str

    def park(self, data: bytes) -> str:
        """Store the bytes under their digest; return the path to open them from."""
        digest = hashlib.sha256(data).hexdigest()
        path = f"{self.folder}/{digest[:2]}/{digest}"
        files.write_once(path, data)
        return path
