"""What other thresholds would have done to a run's items."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ThresholdStep(_Model):
    """One threshold with the review band that the flag has, moved along."""

    threshold: float
    present: bool = False
    """Whether it is the run's."""
    exact: bool = True
    """Whether threshold and band begin where bins do; otherwise the nearest bins' borders were
    taken."""
    items_flagged: int
    """Distinct items at or above the threshold and outside the band."""
    rows_flagged: int
    items_to_review: int
    """Distinct items within the band."""
    rows_to_review: int


class WhatIf(_Model):
    """One flag, by itself: other flags, matches and samples decide as well."""

    flag: str
    task: str
    label: str
    items: int
    """Distinct ones that the task judged."""
    rows: int
    band_below: float
    """How far under the threshold people decide."""
    band_above: float
    steps: list[ThresholdStep]
    """Rising."""
