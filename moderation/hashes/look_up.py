"""Pictures are looked up in banks: of each bank the nearest entry, and as what it was found."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from pydantic_core import to_json

from moderation.hashes.bank import HashBank
from moderation.hashes.build import NOT_KNOWN
from moderation.hashes.exact import ExactIndex
from moderation.hashes.near import NearIndex
from moderation.hashes.stored import StoredBank, StoredIndex
from moderation.hashes.views import View
from schemas.hashes import Algorithm, HashMatch, MatchedAs
from schemas.policy import HashBankRule

_VERSION = "1"
"""Of what is looked up of a picture."""


class SeenPicture(NamedTuple):
    """All that a picture is looked up by."""

    field: str
    """Of the record."""
    sha256: str
    md5: str | None
    views: tuple[View, ...]


class _Hit(NamedTuple):
    """Sorts nearest first; of equal distance bytes, the picture itself, then its other views."""

    distance: int
    rank: int
    entry: int
    algorithm: Algorithm
    seen_as: MatchedAs


@dataclass(frozen=True, slots=True)
class LookUp:
    """Banks with their rules. Small and picklable; ``open`` maps the banks' indexes."""

    banks: tuple[tuple[HashBank, HashBankRule], ...]
    pdq: bool = True
    """Whether a bank has PDQ hashes."""
    md5: bool = False
    """Whether a bank has MD5 digests."""

    @property
    def signature(self) -> str:
        """Equal where the same pictures have the same matches: 16 hexadecimal digits."""
        told = [
            (bank.name, bank.key, rule.max_distance, rule.min_quality) for bank, rule in self.banks
        ]
        return hashlib.sha256(to_json((_VERSION, told))).hexdigest()[:16]

    @property
    def blocking(self) -> frozenset[str]:
        """Names of the banks that spare the model."""
        return frozenset(bank.name for bank, rule in self.banks if rule.block)

    def open(self) -> OpenLookUp:
        """Ready to be asked; raises ``BankError``."""
        return OpenLookUp([(bank.name, _opened(bank), rule) for bank, rule in self.banks])


@dataclass(frozen=True, slots=True)
class OpenLookUp:
    """Opened banks."""

    banks: list[tuple[str, StoredBank, HashBankRule]]

    def matches(self, pictures: Sequence[SeenPicture]) -> list[list[HashMatch]]:
        """For each picture, by bank, what the bank knows it as; many at once are cheaper."""
        found: list[list[HashMatch]] = [[] for _ in pictures]
        for name, bank, rule in self.banks:
            for at, hits in sorted(_hits(bank, pictures, rule).items()):
                found[at].append(_match(name, bank, hits, pictures[at].field))
        return found


def _match(name: str, bank: StoredBank, hits: list[_Hit], field: str) -> HashMatch:
    best = min(hits)
    entry, tags, text = bank.entry(best.entry)
    return HashMatch(
        field=field,
        bank=name,
        entry=entry,
        algorithm=best.algorithm,
        distance=best.distance,
        matched_as=best.seen_as,
        others=len({hit.entry for hit in hits}) - 1,
        tags=tags,
        text=text,
    )


def _hits(
    bank: StoredBank, pictures: Sequence[SeenPicture], rule: HashBankRule
) -> dict[int, list[_Hit]]:
    """By picture all that the bank has of it."""
    hits = defaultdict[int, list[_Hit]](list)
    for algorithm, stored in bank.indexes.items():
        index = stored.index
        if isinstance(index, NearIndex):
            found = _near(index, stored, pictures, rule)
        else:
            found = _equal(index, stored, pictures, algorithm)
        for at, hit in found:
            hits[at].append(hit)
    return hits


def _near(
    index: NearIndex, stored: StoredIndex, pictures: Sequence[SeenPicture], rule: HashBankRule
) -> Iterable[tuple[int, _Hit]]:
    asked = [
        (at, rank, view)
        for at, picture in enumerate(pictures)
        for rank, view in enumerate(picture.views, 1)
        if view.pdq.quality >= rule.min_quality
    ]
    if not asked:
        return
    bits = np.frombuffer(b"".join(view.pdq.bits for _, _, view in asked), np.uint8)
    found = index.within(bits.reshape(len(asked), -1), rule.max_distance)
    for query, row, distance in zip(*(each.tolist() for each in found), strict=True):
        quality = int(stored.qualities[row])
        if quality == NOT_KNOWN or quality >= rule.min_quality:
            at, rank, view = asked[query]
            yield at, _Hit(distance, rank, int(stored.entries[row]), Algorithm.PDQ, view.seen_as)


def _equal(
    index: ExactIndex, stored: StoredIndex, pictures: Sequence[SeenPicture], kind: Algorithm
) -> Iterable[tuple[int, _Hit]]:
    md5 = kind is Algorithm.MD5
    digests = [picture.md5 if md5 else picture.sha256 for picture in pictures]
    asked = [(at, bytes.fromhex(digest)) for at, digest in enumerate(digests) if digest]
    found = index.equal([digest for _, digest in asked])
    for (at, _), rows in zip(asked, found, strict=True):
        for row in rows:
            yield at, _Hit(0, 0, int(stored.entries[row]), kind, MatchedAs.BYTES)


@dataclass(slots=True)
class _Banks:
    """Banks that this process has open, each once however many steps ask."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    known: dict[str, StoredBank] = field(default_factory=dict)

    def get(self, key: str, make: Callable[[], StoredBank]) -> StoredBank:
        with self.lock:
            if key not in self.known:
                self.known[key] = make()
            return self.known[key]


_BANKS = _Banks()


def _opened(bank: HashBank) -> StoredBank:
    return _BANKS.get(bank.key, bank.open)
