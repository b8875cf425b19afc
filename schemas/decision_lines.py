"""``decisions.jsonl``: what ``pipelines.review`` appends while people decide.

A ``schemas.export.ReviewDecision`` each, with what it was about; and, as lines of their own, what
was skipped and what was taken back. Lines are only ever added.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.records import Kind

LabelName = Annotated[str, Field(min_length=1, max_length=2_000)]
MAX_NOTE_CHARS, MAX_REVIEWER_CHARS = 2_000, 100


class Entry(str, Enum):
    """What a line says."""

    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    """What the reviewer said of the item and task before does not hold any more."""
    SKIPPED = "skipped"
    """The reviewer saw the item and passed on."""


class DecisionLine(BaseModel):
    """One line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entry: Entry = Entry.DECIDED
    item_id: str = Field(min_length=1, max_length=600)
    """Of the first row with the content."""
    task: str | None
    """Null of what was skipped."""
    label: LabelName | list[LabelName] | None
    """A list where a task has any number of labels; null where nothing was said."""
    reviewer: str = Field(min_length=1, max_length=MAX_REVIEWER_CHARS)
    decided_at: str
    """UTC, ISO 8601. Of one reviewer and item, later lines have later moments."""
    kind: Kind
    content_key: str
    """Which finds the verdicts of all rows with the content."""
    run_id: str
    note: str | None = Field(default=None, max_length=MAX_NOTE_CHARS)
    second_opinion: bool = False
    """True: another reviewer had decided, and this one was not told so."""

    @model_validator(mode="after")
    def _only_decisions_have_labels(self) -> DecisionLine:
        if (self.label is not None) is not (self.entry is Entry.DECIDED):
            raise ValueError(f"a line that is {self.entry.value} and label={self.label!r}")
        return self
