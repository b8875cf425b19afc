"""How a run's scores lie, and what became of them: by distinct item, and by row beside."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from schemas.card import Calibration
from schemas.figures import Proportion
from schemas.policy import Action, Decision
from schemas.records import Kind


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelScores(_Model):
    """The probabilities of one label."""

    task: str
    kind: Kind
    label: str
    items: list[int]
    """Distinct items by probability: ``items[i]`` have ``i / n <= p < (i + 1) / n``, the last
    p = 1 too."""
    rows: list[int]
    """The same of rows."""
    quantiles: list[tuple[float, float]]
    """Share of the distinct items, and the probability that so many lie at or below."""


class FlagRate(_Model):
    """One flag: from where it is raised, and how often it was."""

    flag: str
    task: str
    kind: Kind
    label: str
    threshold: float
    """Raised from here on."""
    band: tuple[float, float]
    """People decide from the first up to, and without, the second; equal: nowhere."""
    action: Action
    raised: Proportion
    """Of the distinct items that the task judged, with Wilson's interval."""
    to_review: Proportion
    """Likewise, those left to people for it: within the band, where no other flag decides."""
    rows: int
    rows_raised: int


class DecisionRate(_Model):
    """How often the items of a kind were decided so."""

    kind: Kind
    decision: Decision
    items: Proportion
    """Of the distinct items of the kind that have a verdict, with Wilson's interval."""
    rows: int


class TaskCalibration(_Model):
    """What the model's card says of how far its probabilities can be taken at their word."""

    task: str
    kind: Kind
    calibration: Calibration
    measured: dict[str, float] = Field(default_factory=dict)
    """Calibration errors, under the names that the card has them by."""


class Distributions(_Model):
    """All of a run's scores. The unit is the distinct item, for copies are not independent."""

    quantile_error: float
    """Of a quantile at most, relative to it."""
    quantile_least: float
    """Probabilities up to this one count as 0 in quantiles."""
    labels: list[LabelScores]
    flags: list[FlagRate]
    decisions: list[DecisionRate]
    calibrations: list[TaskCalibration]
