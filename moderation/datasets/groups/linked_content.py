"""What groups look at of a content."""

from __future__ import annotations

from typing import NamedTuple


class Content(NamedTuple):
    """One distinct content of a set."""

    key: str
    texts: list[str]
    """Normalised, each once; none is empty."""
    pictures: list[tuple[str, str]]
    """SHA-256 and perceptual hash of each image, which may be empty."""
