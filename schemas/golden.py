"""``canary.json``: a few golden items in a model bundle, and what the model said of them.

A model that no longer says the same of them – changed weights, a library or a
machine that computes otherwise – is refused before it judges anything.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas import SCHEMA_VERSION
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

GOLDEN_FILE = "canary.json"
"""Its name, beside ``card.json``; it counts for the fingerprint as every file does."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoldenItem(_Model):
    """One golden item."""

    name: str = Field(min_length=1)
    """What messages call it."""
    kind: Kind
    texts: dict[str, str] = Field(default_factory=dict)
    """By record field."""
    images: dict[str, str] = Field(default_factory=dict)
    """By record field: a PNG, RGB, of the size that the model takes, in base64; a field that
    is missing is a missing image."""
    expected: dict[str, tuple[float, ...]] = Field(min_length=1)
    """Task to calibrated probabilities, in the order of the task's labels."""

    @model_validator(mode="after")
    def _fields_belong_to_the_kind(self) -> GoldenItem:
        for field, known in (
            *((field, TEXT_FIELDS[self.kind]) for field in self.texts),
            *((field, IMAGE_FIELDS[self.kind]) for field in self.images),
        ):
            if field not in known:
                raise ValueError(
                    f"item {self.name!r} has {field!r}, but a {self.kind.value} has {list(known)}"
                )
        return self


class GoldenItems(_Model):
    """All golden items of a bundle."""

    schema_version: str = SCHEMA_VERSION
    tensorflow: str
    """The version that the expected probabilities were computed with."""
    tolerance: float = Field(gt=0, le=0.1)
    """How far a probability may lie off, absolute."""
    labels: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Task to its labels, in the order of the probabilities: a card that names them in another
    order turns every verdict round. Empty in bundles made before it was kept."""
    items: tuple[GoldenItem, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_unique(self) -> GoldenItems:
        names = [item.name for item in self.items]
        if len(set(names)) != len(names):
            raise ValueError(f"item names repeat: {names}")
        return self

    def items_of(self, kind: Kind) -> tuple[GoldenItem, ...]:
        """The items of one kind of record."""
        return tuple(item for item in self.items if item.kind is kind)
