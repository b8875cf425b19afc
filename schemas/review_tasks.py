"""The review queue as label tools import it: ``review_tasks/`` of a scoring run."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from schemas.records import Kind


class DoccanoExample(BaseModel):
    """One line of a doccano import: all but ``text`` comes back as it went."""

    model_config = ConfigDict(extra="allow", frozen=True)

    text: str = Field(min_length=1)
    """An item's texts, blank lines between them."""
    item_id: str
    kind: Kind
    content_key: str
    run_id: str
    copies: int


class TaskData(BaseModel):
    """What a Label Studio task is made of; the texts and images of the record's kind beside it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    item_id: str
    kind: Kind
    content_key: str
    run_id: str
    copies: int


class CoopItem(BaseModel):
    """One of the ``items`` that Coop is sent (``POST /api/v1/items/async/``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    """The item's."""
    typeId: str = Field(min_length=1)
    """The kind. Coop gives an item type an id of its own: put that here when you send it."""
    data: dict[str, str | int]
    """The record's texts, and those of its images that have a URL, under its own names; content
    key, run id, copies."""


class LabelStudioTask(BaseModel):
    """One element of a Label Studio import. It has no prediction: answers are people's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: TaskData
