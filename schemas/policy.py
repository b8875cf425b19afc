"""The policy: how probabilities become flags and a decision. Read from YAML."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Decision(str, Enum):
    """What happens to an item: nothing, a flag, or a person's look."""

    CLEAR = "clear"
    FLAG = "flag"
    REVIEW = "review"


CLEAR_SAMPLE, FLAG_SAMPLE = "quality_sample", "flag_sample"
"""Reasons of items that people see as one of a sample: of the clear ones, of the flagged ones."""


def is_for_people(decision: Decision, reasons: Collection[str]) -> bool:
    """Whether an item goes to the review queue: by its decision, or as one of a sample."""
    return decision is Decision.REVIEW or CLEAR_SAMPLE in reasons or FLAG_SAMPLE in reasons


class Action(str, Enum):
    """What reaching the threshold means for the decision."""

    FLAG = "flag"
    REVIEW = "review"
    """The flag is written on the verdict, and people decide."""
    RECORD = "record"
    """The flag is written on the verdict, the decision stays as it is."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReviewBand(_Model):
    """Around the threshold, ``[threshold - below, threshold + above)``, people decide."""

    below: Share = 0.0
    above: Share = 0.0


class FlagRule(_Model):
    """One flag: which probability raises it, and from where."""

    task: str
    label: str
    threshold: Share | None = None
    """None: the threshold on the model's card for this label, else 0.5."""
    review_band: ReviewBand = ReviewBand()
    action: Action = Action.FLAG


class MatchAction(str, Enum):
    """What a picture that a bank knows means for the decision."""

    FLAG = "flag"
    REVIEW = "review"
    RECORD = "record"
    """The match is written on the verdict, the decision stays as it is."""


class HashBankRule(_Model):
    """What is a match with a bank of known pictures, and what follows from it."""

    action: MatchAction = MatchAction.REVIEW
    max_distance: int = Field(default=31, ge=0, le=64, strict=True)
    """Bits that PDQ hashes may differ in, of 256. Beyond 31 look-ups cost more: up to 47 about
    eight times as much, then all hashes are weighed."""
    min_quality: int = Field(default=50, ge=0, le=100, strict=True)
    """PDQ hashes of less, the picture's or the bank's, are not compared."""
    block: bool = False
    """True: an item with a match is decided without the model. With ``action: record`` it cannot
    be."""

    @model_validator(mode="after")
    def _blocked_is_decided(self) -> HashBankRule:
        if self.block and self.action is MatchAction.RECORD:
            raise ValueError(
                "block: true leaves the model out, and action: record decides nothing: "
                "write action: flag or review"
            )
        return self


class ReviewRules(_Model):
    """What people see beside the review band."""

    sample_clear: Share = 0.0
    """Share of clear items that is sent to review as a quality check, chosen by content key."""
    sample_flag: Share = 0.0
    """The same of flagged items: they stay flagged, and people say how many of them rightly."""
    on_missing_image: bool = False
    """True: an item judged without an image that its record names goes to review."""


class Policy(_Model):
    """A named set of rules; its version is written on every verdict."""

    version: str = Field(min_length=1, max_length=100)
    flags: dict[str, FlagRule] = Field(min_length=1)
    review: ReviewRules = ReviewRules()
    hash_banks: dict[str, HashBankRule] = {}
    """By the names that the run gives its banks; one that is not named has the defaults."""

    def bank_rule(self, bank: str) -> HashBankRule:
        """What holds for a bank."""
        return self.hash_banks.get(bank, HashBankRule())

    @model_validator(mode="after")
    def _flags_are_names(self) -> Policy:
        for name in self.flags:
            if not (name.startswith("is_") and name.isidentifier()):
                raise ValueError(
                    f"flag {name!r}: a flag's name starts with 'is_', as in 'is_hateful'"
                )
        return self
