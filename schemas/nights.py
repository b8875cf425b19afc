"""``nights.json``: a folder's runs side by side, from night to night."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict, Field

from schemas import SCHEMA_VERSION
from schemas.audit import Account
from schemas.drift import Change, DistanceName, Measure
from schemas.figures import Proportion


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NightState(str, Enum):
    """How a run stands."""

    COMMITTED = "committed"
    REFUSED = "refused"
    UNFINISHED = "unfinished"
    """Begun, and neither committed nor refused: it goes on, or was stopped."""
    UNREADABLE = "unreadable"
    """Committed, and not as it was, or not as this version reads it."""


class NightFlag(_Model):
    """How often one flag was raised."""

    flag: str
    raised: Proportion
    """Of the distinct items that the task judged; of a run from before they were counted, of rows,
    without an interval."""
    by_row: bool = False


class NightFigure(_Model):
    """One measure beside the night before."""

    of: Measure
    name: str
    distance: DistanceName
    value: float
    alarm: bool


class NightDrift(_Model):
    """A night beside the committed one before."""

    baseline: str
    figures: list[NightFigure]
    """Of distributions L∞ and PSI, of shares their difference."""
    alarms: list[str]
    """In words, the surest first."""
    not_compared: list[str] = Field(default_factory=list)


class Agreement(_Model):
    """How often people agree with a flag, by distinct item that they decided on."""

    flag: str
    raised: Proportion
    """Of items that have the flag: people say so too."""
    not_raised: Proportion
    """Of items without it: people say so too."""
    ties: int = 0
    """Items on which as many people said the one as the other; in neither share."""


class NightCost(_Model):
    """What a night took."""

    wall_s: float | None
    """From its first start to its commit, by its own stamps."""
    processor_s: float | None = None
    """Of all workers, where the run was profiled."""
    fetches: int | None = None
    fetched_bytes: int | None = None


class Night(_Model):
    """One run."""

    run_id: str
    state: NightState
    why: str | None = None
    """It is not committed, or cannot be read."""
    started_at: str | None = None
    finished_at: str | None = None
    account: Account | None = None
    decisions: dict[str, dict[str, int]] = Field(default_factory=dict)
    """Rows by kind and decision."""
    flags: list[NightFlag] = Field(default_factory=list)
    dead_letters: dict[str, int] = Field(default_factory=dict)
    """Rows by code."""
    images: dict[str, int] = Field(default_factory=dict)
    made_with: dict[str, str] = Field(default_factory=dict)
    changes: list[Change] = Field(default_factory=list)
    """Beside the committed night before."""
    drift: NightDrift | None = None
    agreement: list[Agreement] = Field(default_factory=list)
    cost: NightCost | None = None


class Nights(_Model):
    """All of ``nights.json``."""

    schema_version: str = SCHEMA_VERSION
    runs_dir: str
    """As it was given."""
    nights: list[Night]
    """In the order in which they began."""
    passed_over: dict[str, str] = Field(default_factory=dict)
    """Folders that are no scoring runs, and what they are."""
    decisions_files: list[str] = Field(default_factory=list)
    agreement: list[Agreement] = Field(default_factory=list)
    """Over all nights, each content once."""
    decisions: int = 0
    """That people made, as the files have them."""
    decisions_unmatched: int = 0
    """On items that no night's review queue has."""
    decisions_unusable: int = 0
    """Rows of the files that are no decision."""
    problems: list[str] = Field(default_factory=list)
    """What is wrong with the first of those."""
