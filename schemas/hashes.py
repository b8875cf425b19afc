"""Banks of hashes of known pictures: what a match is, and what a run says of its banks."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict


class Algorithm(str, Enum):
    """What a bank's hashes are of."""

    PDQ = "pdq"
    """Of what a picture looks like, 256 bits: near hashes are near pictures."""
    MD5 = "md5"
    """Of a file's bytes."""
    SHA256 = "sha256"


class MatchedAs(str, Enum):
    """As what a picture was found in a bank."""

    BYTES = "bytes"
    """Its file is known to the byte."""
    PICTURE = "picture"
    """As it is."""
    WITHOUT_BORDERS = "without_borders"
    """With the bars and frames of one colour around it cut off."""
    MIRROR = "mirror"
    """With left and right exchanged."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HashMatch(_Model):
    """A picture that a bank knows: the nearest entry of the bank."""

    field: str
    """The record's, as in ``img``."""
    bank: str
    entry: str
    """The entry's id; where the bank gives it none, its file and line."""
    algorithm: Algorithm
    distance: int
    """Bits that differ; 0 where the bytes are known."""
    matched_as: MatchedAs
    others: int
    """Further entries of the bank that match too."""
    tags: list[str]
    text: str | None
    """The known picture's, where the bank has one: pictures on one template match, whatever they
    say."""


class HashBankFacts(_Model):
    """A bank as a run used it."""

    name: str
    files: list[str]
    digest: str
    """``sha256:…`` of the file; of several files, of their digests in order."""
    entries: int
    hashes: dict[Algorithm, int]
    left_out: dict[str, int]
    """Entries that are not looked for, by the reason."""
