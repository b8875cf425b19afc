"""How an image is referred to, and what became of it."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict


class ImageStatus(str, Enum):
    """What became of one image reference of one item."""

    OK = "ok"
    """Fetched, decoded and shown to the model."""
    ABSENT = "absent"
    """The record names no image."""
    FAILED = "failed"
    """The record names one that could not be had; ``code`` says why."""
    UNUSED = "unused"
    """The model takes no image from this field; fetched only to be looked up in banks."""


class ImageReport(BaseModel):
    """One image on a verdict: where it was and what it turned out to be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    reference: str | None
    """As the record has it, without query string, userinfo or inline bytes."""
    status: ImageStatus
    code: str | None = None
    """A ``schemas.codes.Code`` where ``status`` is ``failed``."""
    sha256: str | None = None
    """Of the encoded bytes."""
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    pdq: str | None = None
    """PDQ hash of the picture as it is shown, 64 hexadecimal digits, where the run writes them."""
    pdq_quality: int | None = None
    """0..100; below 50 the hash is worth little."""
