"""Texts and pictures that many rows of a run have: posts that were copied, or pasted together."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Repeated(_Model):
    """One text, or one picture, that more than one row has."""

    digest: str
    """16 hex digits: of the picture the first of its file's SHA-256, of the text its BLAKE2b."""
    rows: int
    items: int
    """Distinct items among the rows."""
    others: int
    """Distinct pictures beside the text, or texts beside the picture; none is none of them."""
    rows_flagged: int
    rows_to_review: int
    """Rows whose decision was ``flag`` or ``review``."""
    item_id: str
    """Of a row that has it, one that was flagged where there is one; for a look into verdicts."""
    text: str | None = None
    """Of a text that some flagged or queued item has, cut; else null."""


class Repeats(_Model):
    """Texts, or pictures, of the rows that have a verdict."""

    distinct: int
    rows: int
    """That have one."""
    repeated: int
    """Texts or pictures that more than one row has."""
    most: list[Repeated]
    """Those that most rows have, up to 20."""


class RepeatedContent(_Model):
    """What was posted again and again."""

    texts: Repeats
    """Empty ones are none. A text is that of a tweet, so a pair has two."""
    pictures: Repeats
    """By their files' bytes, of those that could be had."""
