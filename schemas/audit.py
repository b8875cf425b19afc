"""``audit.json``: the account of a run. Every input row is in it exactly once."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from schemas import SCHEMA_VERSION
from schemas.distributions import Distributions
from schemas.drift import BlockCounts, Drift
from schemas.hashes import HashBankFacts, MatchedAs
from schemas.manifest import LeftOut, Parent, ReusedRun
from schemas.policy import HashBankRule
from schemas.precision import PrecisionFacts
from schemas.profile import Profile
from schemas.repeats import RepeatedContent
from schemas.shown_items import ShownItems
from schemas.slices import Slices
from schemas.what_if import WhatIf


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Account(_Model):
    """``read = scored + reused + duplicates + dead_lettered``, or the run does not commit."""

    read: int
    scored: int
    """Distinct items the model judged in this run, or a bank of known pictures in its place."""
    reused: int
    """Distinct items whose scores were carried over."""
    duplicates: int
    """Further rows with the content of an item above; each has its verdict too."""
    dead_lettered: int
    lost: int = 0
    """Rows of unreadable files beyond ``read``, as far as they can be numbered: a letter stands
    for each part of a file that could not be read, and for the first of its rows."""

    @property
    def reconciles(self) -> bool:
        """Whether every row that was read has come out."""
        return self.read == self.scored + self.reused + self.duplicates + self.dead_lettered


class DeadLetterExample(_Model):
    """One of a few letters shown for each code."""

    source: str
    row: int | None
    item_id: str | None
    message: str


class DeadLetterCount(_Model):
    """Rows lost at one stage for one reason."""

    stage: str
    code: str
    retryable: bool
    rows: int
    passed_on: int = 0
    """Of these: letters of an earlier run that were not driven again."""
    examples: list[DeadLetterExample]


class Histogram(_Model):
    """Rows by probability: ``counts[i]`` lie in ``[i / n, (i + 1) / n)``, the last closed."""

    task: str
    label: str
    counts: list[int]


class SourceCount(_Model):
    """Rows of one input file."""

    source: str
    read: int
    dead_lettered: int


class UnreadableFile(_Model):
    """A file that could not be read to its end."""

    source: str
    rows: int
    """Lost with it, those that its letters stand for included; at least, where not ``exact``."""
    exact: bool
    reason: str


class HashMatchExample(_Model):
    """One of a few rows shown for each bank, with what both pictures say."""

    source: str
    row: int
    item_id: str
    entry: str
    distance: int
    matched_as: MatchedAs
    text: str
    """Of the record."""
    bank_text: str | None
    """Of the bank's entry, where the bank has one."""


class HashBankCount(HashBankFacts):
    """A bank of known pictures, and what was found in it."""

    rule: HashBankRule
    rows: dict[MatchedAs, int]
    """Rows with a match, by picture and as what it was found."""
    blocked: int
    """Distinct items that were decided without the model, for this bank among others."""
    examples: list[HashMatchExample]


class Audit(_Model):
    """All of ``audit.json``."""

    schema_version: str = SCHEMA_VERSION
    run_id: str
    status: str
    refusal: str | None
    started_at: str
    finished_at: str
    account: Account
    reconciles: bool
    rows_by_kind: dict[str, int]
    decisions: dict[str, dict[str, int]]
    """Rows by kind and decision."""
    flags: dict[str, dict[str, int]]
    """Rows by flag, raised (``true``) or not (``false``)."""
    entailment_labels: dict[str, int]
    review_reasons: dict[str, int]
    modalities: dict[str, int]
    """Rows by what the model was shown, e.g. ``text+img`` or ``text``."""
    images: dict[str, int]
    """Images of distinct items, judged or lost, by status; failed ones by code
    (``failed:not_found``)."""
    readings: dict[str, int] = Field(default_factory=dict)
    """Distinct items whose text was read from their picture, by what became of it: ``read``,
    ``empty``, ``timed_out``, ``crashed``, ``failed``."""
    histograms: list[Histogram]
    dead_letters: list[DeadLetterCount]
    sources: list[SourceCount]
    sources_left_out: int
    """Sources beyond the listed ones; their rows are in every total."""
    unreadable: list[UnreadableFile] = Field(default_factory=list)
    """Those that lost most rows, up to 200."""
    unreadable_files: int = 0
    """All of them."""
    left_out: list[LeftOut] = Field(default_factory=list)
    """What lay where inputs were looked for and was not read."""
    parents: list[Parent] = Field(default_factory=list)
    """Earlier runs whose dead letters this one drove again."""
    reused: list[ReusedRun] = Field(default_factory=list)
    """Runs that scores were carried over from."""
    scored_in: dict[str, int] = Field(default_factory=dict)
    """Reused items by the id of the run whose model judged them."""
    hash_banks: list[HashBankCount] = Field(default_factory=list)
    """Banks of known pictures that images were looked up in."""
    fetching: dict[str, Any]
    """What the image door counted: fetches, bytes, latency, outcomes, worst hosts."""
    model: dict[str, Any]
    policy: dict[str, Any]
    text_reader: dict[str, Any] | None = None
    """Name, version, networks and digest of what read texts from pictures; null: nothing did."""
    precision: PrecisionFacts | None = None
    """That the model computed in, and why in that one."""
    profile: Profile | None = None
    """What each stage cost; null: nobody asked."""
    shown_items: ShownItems | None = None
    """Some of the flagged items and of the review queue; null: the audit is of an earlier version,
    or of a job that shows none."""
    distributions: Distributions | None = None
    """How scores lie and how often flags were raised; null: the audit is of an earlier version."""
    what_if: list[WhatIf] = Field(default_factory=list)
    """What other thresholds would have done, flag by flag."""
    repeated: RepeatedContent | None = None
    """Texts and pictures that many rows have; null: the audit is of an earlier version."""
    slices: Slices | None = None
    """Flags by the values of columns; null: nobody asked."""
    drift: Drift | None = None
    """Beside an earlier run."""
    blocks: list[BlockCounts] = Field(default_factory=list)
    """What later runs compare themselves with."""
