"""How a run's items differ from an earlier run's: distances, and what is beyond chance."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict, Field

from schemas.policy import Decision


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Measure(str, Enum):
    """What of two runs is compared."""

    SCORE = "score"
    FLAG = "flag"
    TEXT_LENGTH = "text_length"
    IMAGE_SIZE = "image_size"
    MISSING_MODALITY = "missing_modality"
    DEAD_LETTER = "dead_letter"


class _Measured(_Model):
    of: Measure
    name: str
    """``task.label``, a flag, a kind of record; of dead letters ``all``."""

    @property
    def words(self) -> str:
        """What is measured, for people."""
        kind = self.name.replace("_", " ")
        return {
            Measure.SCORE: f"scores of {self.name}",
            Measure.FLAG: f"items with {self.name}",
            Measure.TEXT_LENGTH: f"text length of {kind}s",
            Measure.IMAGE_SIZE: f"image size of {kind}s",
            Measure.MISSING_MODALITY: f"{kind}s judged without a text or an image",
            Measure.DEAD_LETTER: "dead letters",
        }[self.of]


class BlockCounts(_Measured):
    """A run's distinct items by bin and by block: all that a later run compares itself with.

    Items that say the same but for links, mentions, numbers and punctuation share a block, so that
    blocks are independent where items are not.
    """

    edges: list[float]
    """Where bins meet, rising; a value that is an edge belongs to the bin above it. Of shares
    ``[0.5]``: an item has 0 or 1."""
    blocks: list[list[int]]
    """Items by block, then by bin: one bin more than there are edges."""


class DistanceName(str, Enum):
    """How far two distributions are apart."""

    PSI = "psi"
    """Population stability index, in natural logarithms; an empty bin counts as half an item."""
    JENSEN_SHANNON = "jensen_shannon"
    """Divergence in bits, 0 to 1."""
    L_INF = "l_inf"
    """Largest difference of the cumulated shares at an edge (Kolmogorov–Smirnov), 0 to 1."""
    DIFFERENCE = "difference"
    """Of two shares, now minus before."""


class Distance(_Model):
    """One figure of a comparison."""

    name: DistanceName
    value: float
    interval_95: tuple[float, float] | None = None
    """Of a difference of shares, by blocks."""
    p: float
    """How often blocks that change sides at random are as far apart."""
    p_of_night: float
    """How often any figure of such a night is as far out as this one."""
    large: bool
    """Whether it matters, however sure it is."""
    alarm: bool
    """``p_of_night`` is at most the night's rate of false alarms, and it matters."""


class Compared(_Measured):
    """One measure of both runs."""

    items: int
    items_before: int
    share: float | None = None
    """Of items; null of what is no share."""
    share_before: float | None = None
    distances: list[Distance]


class Change(_Model):
    """Something else that both runs did not have in common."""

    what: str
    """``model``, ``precision``, ``policy``, ``text reader``, ``hash banks``."""
    before: str
    now: str


class ChangedDecisions(_Model):
    """Decisions on items that both runs saw."""

    items: int
    """Distinct ones that both saw."""
    only_before: int
    only_now: int
    sampled: float = 1.0
    """Share of all contents that was looked at, by their keys' digest; every count is of those."""
    counts: dict[Decision, dict[Decision, int]]
    """Before, then now."""

    @property
    def changed(self) -> int:
        """Items with another decision than before."""
        return sum(
            n for was, row in self.counts.items() for now, n in row.items() if was is not now
        )


class Drift(_Model):
    """A run beside an earlier one."""

    baseline: str | None
    """The earlier run's id; null where there is none."""
    path: str | None = None
    why_none: str | None = None
    """Why there is none."""
    rate_of_false_alarms: float | None = None
    """Of nights without drift, how many have an alarm at most."""
    changes: list[Change] = Field(default_factory=list)
    measures: list[Compared] = Field(default_factory=list)
    not_compared: list[str] = Field(default_factory=list)
    """What could not be compared, and why."""
    decisions: ChangedDecisions | None = None

    @property
    def alarms(self) -> list[tuple[Compared, Distance]]:
        """Figures that are an alarm, the surest first."""
        found = [(m, d) for m in self.measures for d in m.distances if d.alarm]
        return sorted(found, key=lambda each: each[1].p_of_night)
