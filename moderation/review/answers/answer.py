"""What an entry of a label tool's file holds: a person's answer, none, or something broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.codes import Code
from schemas.export import NoDecision

ANSWER_FIELDS = ("item_id", "task", "label", "reviewer", "decided_at")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person said of one item, under ``ANSWER_FIELDS``, as the tool wrote it."""

    fields: Mapping[str, Any]
    """What the tool does not say is not in it. Without ``task`` it is about the item's own."""
    where: str = ""
    """Its place within the row, for messages: a task, an annotation, a control."""
    rejects: bool = False
    """The person said that the label is not the item's."""
    withdraws: bool = False
    """The person took back what they said of the item before; there is no label."""
    content_key: str = ""
    """Of what the person saw, where the row says it as ``pipelines.review`` does."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """An entry that is no decision."""

    why: NoDecision


@dataclass(frozen=True, slots=True)
class BadAnswer:
    """An entry that is not as its tool writes them."""

    code: Code
    message: str
    """Names the field."""
    fields: Mapping[str, Any]
    """What is known of it."""


Found = Answer | NoAnswer | BadAnswer
