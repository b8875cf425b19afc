"""Held-out items: what must never enter a training set, and how its likes are recognised.

A row leaks where it has a held-out item's content, one of its images (by SHA-256 or location), or
one of its texts: equal once normalised, or near enough by the Jaccard similarity of their
shingles. MinHash (datasketch) finds the near ones, the exact similarity decides.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datasketch import MinHash, MinHashLSH

SHINGLE_CHARS = 5
_PERMUTATIONS = 128
_BANDS, _ROWS = 32, 4
"""Of equal length the bands find a text of similarity 0.8 all but once in 10⁷, one of 0.6 with
98.8 %, and one of 0.5 with 87 %: 1 - (1 - s⁴)³²."""

_URL = re.compile(r"https?://\S+|www\.\S+")
_NOT_WORDS = re.compile(r"[\W_]+")


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
        items: all of them; they are in memory, about 4 kB each with near texts.
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
        self._near = _near_index(self._texts) if text_similarity < 1 and self._texts else None

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
        if self._near is not None and any(self._is_near(text) for text in normal):
            return "near_text"
        return None

    def has_image(self, sha256: str) -> bool:
        """Whether an image is a held-out item's."""
        return sha256 in self._images

    def _is_near(self, text: str) -> bool:
        assert self._near is not None
        mine = shingles(text)
        return any(
            jaccard(mine, shingles(other)) >= self._similarity
            for other in self._near.query(_minhash(mine))
        )


def normalised(text: str) -> str:
    """Case, accents' encoding, links, punctuation and blanks taken out of a text."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _NOT_WORDS.sub(" ", _URL.sub(" ", folded)).strip()


def shingles(text: str) -> frozenset[bytes]:
    """Every ``SHINGLE_CHARS`` characters in a row of a normalised text, as UTF-8."""
    if len(text) <= SHINGLE_CHARS:
        return frozenset((text.encode("utf-8", errors="surrogatepass"),))
    last = len(text) - SHINGLE_CHARS + 1
    parts = {text[start : start + SHINGLE_CHARS] for start in range(last)}
    return frozenset(part.encode("utf-8", errors="surrogatepass") for part in parts)


def jaccard(one: frozenset[bytes], other: frozenset[bytes]) -> float:
    """Shared shingles per shingle of either."""
    return len(one & other) / len(one | other)


def digest_of(items: Sequence[HeldOutItem]) -> str:
    """Tells one set of held-out items from another, whatever their order."""
    keys = "".join(sorted(item.content_key for item in items))
    return hashlib.sha256(keys.encode()).hexdigest()


def _near_index(texts: Iterable[str]) -> MinHashLSH:
    from datasketch import MinHashLSH

    index = MinHashLSH(num_perm=_PERMUTATIONS, params=(_BANDS, _ROWS))
    with index.insertion_session() as session:
        for text in texts:
            session.insert(text, _minhash(shingles(text)), check_duplication=False)
    return index


def _minhash(parts: frozenset[bytes]) -> MinHash:
    from datasketch import MinHash

    signature = MinHash(num_perm=_PERMUTATIONS, hashfunc=zlib.crc32)
    signature.update_batch(parts)
    return signature
