"""Held-out items: what must never enter a training set, and how its likes are recognised.

A row leaks where it has a held-out item's content, one of its images (by SHA-256 or location), or
one of its texts: equal once normalised, or near enough (``moderation.datasets.groups.near_texts``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from moderation.datasets.groups.near_texts import NearTexts, normalised

HELD_OUT = "held_out"


class HeldOutItem(NamedTuple):
    """What is kept of one held-out item; texts are normalised."""

    content_key: str
    texts: tuple[str, ...]
    locations: tuple[str, ...]
    """Where its images are opened."""
    sha256s: tuple[str, ...]
    images_unread: int


class HeldOut:
    """An index over held-out items. Built once a worker; not picklable in spirit: build it there.

    Args:
        items: all of them; they are in memory, about 1 kB each.
        text_similarity: Jaccard similarity from which texts are near, 0.5 to 1; at 1 texts are
            compared normalised, and nothing is hashed.
    """

    def __init__(self, items: Iterable[HeldOutItem], *, text_similarity: float) -> None:
        self._similarity = text_similarity
        self._keys: set[str] = set()
        self._images: set[str] = set()
        self._texts: set[str] = set()
        for item in items:
            self._keys.add(item.content_key)
            self._images.update(item.locations)
            self._images.update(item.sha256s)
            self._texts.update(text for text in item.texts if text)
        self._near = NearTexts(self._texts) if text_similarity < 1 and self._texts else None

    def match(
        self, content_key: str, *, images: Iterable[str | None], texts: Iterable[str]
    ) -> str | None:
        """How a row is like a held-out item: ``content``, ``image``, ``text``, ``near_text``.

        Args:
            content_key: the row's.
            images: digests and locations of its images.
            texts: as they came.
        """
        if content_key in self._keys:
            return "content"
        if any(image in self._images for image in images if image):
            return "image"
        normal = [text for text in map(normalised, texts) if text]
        if any(text in self._texts for text in normal):
            return "text"
        near = self._near
        if near is not None and any(
            near.has_near(text, similarity=self._similarity) for text in normal
        ):
            return "near_text"
        return None

    def has_image(self, sha256: str) -> bool:
        """Whether an image is a held-out item's."""
        return sha256 in self._images


def digest_of(items: Sequence[HeldOutItem]) -> str:
    """Tells one set of held-out items from another, whatever their order."""
    keys = "".join(sorted(item.content_key for item in items))
    return hashlib.sha256(keys.encode()).hexdigest()
