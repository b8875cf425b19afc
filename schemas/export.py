"""Training sets made of verdicts and decisions: what reviewers send, and what an export says.

An export's rows are records (``schemas.records``) with a ``label``, and beside it where the label
came from: ``Provenance``. ``export.json`` is its account.
"""

from __future__ import annotations

import datetime
from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from schemas import SCHEMA_VERSION
from schemas.audit import UnreadableFile
from schemas.decision_lines import LabelName
from schemas.moments import parse_moment
from schemas.records import Kind


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReviewDecision(BaseModel):
    """One row of a decisions file: what a reviewer said of an item; other columns are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)

    item_id: str = Field(min_length=1, max_length=600)
    """As the verdict has it; of a tweet pair ``id_1:id_2``."""
    task: str = Field(min_length=1, max_length=100)
    label: LabelName | tuple[LabelName, ...]
    """One of the task's labels; of two labels also ``0`` and ``1``, ``true`` and ``false``. Where a
    task has several labels an item, a list of them, or a text with ``|`` between them."""
    reviewer: str = Field(min_length=1, max_length=400)
    """A name or an account; only its keyed hash is ever written."""
    decided_at: datetime.datetime
    """ISO 8601 (also ``2026-01-02 03:04:05 UTC``), taken as UTC without an offset; or a number of
    seconds, milli-, micro- or nanoseconds since 1970."""

    @field_validator("label", mode="before")
    @classmethod
    def _yes_and_no(cls, value: Any) -> Any:
        return str(int(value)) if isinstance(value, bool) else value

    @field_validator("decided_at", mode="before")
    @classmethod
    def _utc(cls, value: Any) -> datetime.datetime:
        return parse_moment(value)


class NoDecision(str, Enum):
    """Why an entry of a label tool's file is no decision. Nothing is wrong with it."""

    SKIPPED = "skipped"
    """A person looked and did not answer: skipped, cancelled, ignored."""
    UNANSWERED = "unanswered"
    """Nobody answered: a task that is still open, or one that was sent off without a tick."""
    OVERRULED = "overruled"
    """The tool's own reviewer rejected the answer."""


class Provenance(_Model):
    """Where a row of a training set came from."""

    item_id: str
    content_key: str
    label_source: Literal["reviewed", "pseudo"]
    """``pseudo``: nobody looked; the model's own answer, at ``--pseudo_label_above`` or more."""
    labelled_at: str
    """UTC: of the last decision for the label; of a pseudo-label the moment it was scored."""
    task: str
    reviewers: int
    """Reviewers whose decision counted; 0 for a pseudo-label."""
    reviewers_agreeing: int
    """Those of them who gave this label."""
    original_label: str | None
    """The label the record came with."""
    score: float | None
    """The model's probability of ``label``, then; null where that model has no such label."""
    predicted_label: str
    """The label that the model found likeliest, then."""
    predicted_score: float
    verdict: str
    """What the policy decided, then: ``clear``, ``flag`` or ``review``."""
    scored_at: str
    run_id: str
    source: str
    row: int
    model_fingerprint: str
    policy_version: str
    policy_digest: str
    images: list[str | None] = Field(default_factory=list)
    """Each image's reference as its record has it, in the order of the kind's image fields; null of
    one that there is not, or whose bytes lay in the record."""


class DiffEntry(_Model):
    """One line of ``diff/``: an item that this export has otherwise than the earlier one."""

    item_id: str
    kind: str
    change: Literal["added", "removed", "relabelled"]
    label: str | None
    previous_label: str | None
    reason: str | None
    """Why it was removed, in the words of ``ExportReport.verdicts``."""


class CountedDecision(_Model):
    """One line of ``decisions/``: a decision that was read, its reviewer's name hashed."""

    item_id: str
    task: str
    label: str
    reviewer: str
    """Keyed hash (HMAC-SHA256, 32 hex digits) of the name."""
    decided_at: str
    status: Literal["counted", "superseded", "withdrawn", "after_until", "other_task"]
    """``withdrawn``: taken back by its reviewer; and the line that took it back."""


class Agreement(_Model):
    """How far reviewers agree on one task, over all items with two decisions or more."""

    task: str
    items: int
    decisions: int
    unanimous: int
    """Items on which all said the same."""
    krippendorff_alpha: float | None
    """Nominal; null where nobody could have disagreed: no such item, or one label throughout."""


class DeadLetterTotal(_Model):
    """Dead letters of one code."""

    stage: str
    code: str
    rows: int


class DiffTotals(_Model):
    """Against ``--previous``."""

    previous: str
    previous_run_id: str
    added: int
    removed: int
    relabelled: int
    unchanged: int
    removed_because: dict[str, int]


class HeldOutTotals(_Model):
    """What ``--exclude`` was compared by."""

    files: list[str]
    items: int
    images: int
    """Distinct images known by their bytes."""
    images_unread: int
    """Images that could not be had: they are compared by their reference alone."""
    text_similarity: float
    rows_excluded: dict[str, int]
    """By the first thing that was equal: ``content``, ``image``, ``text``, ``near_text``."""


class RunUsed(_Model):
    """One of the runs behind the set."""

    run_id: str
    path: str
    verdicts: int
    model_name: str
    model_fingerprint: str
    policy_version: str
    policy_digest: str
    rows: int
    """Rows of the training set whose verdict is this run's."""


class ExportReport(_Model):
    """``export.json``: every verdict and every decision is in it exactly once."""

    schema_version: str = SCHEMA_VERSION
    run_id: str
    name: str
    version: str
    status: str
    refusal: str | None
    started_at: str
    finished_at: str
    rows: int
    rows_by_label: dict[Kind, dict[str, int]]
    rows_by_split: dict[Kind, dict[str, int]] = Field(default_factory=dict)
    """Rows of the files ``data/KIND-SPLIT-*``. Earlier sets, whose files are ``data/KIND-*``, have
    none."""
    rows_by_label_source: dict[str, int]
    rows_by_source: dict[str, int]
    sources_left_out: int
    verdicts_read: int
    verdicts: dict[str, int]
    """What became of each verdict that was read: ``exported``, or why it is not in the set."""
    decisions_read: int
    decisions: dict[str, int]
    """What became of each decision: ``counted``, ``superseded``…, ``dead_lettered``; and entries of
    label tools that are none: ``skipped``, ``unanswered``, ``overruled``."""
    tied_items: int
    reviewers_key: Literal["given", "random"]
    agreement: list[Agreement]
    dead_letters: list[DeadLetterTotal]
    unreadable: list[UnreadableFile] = Field(default_factory=list)
    """Files that could not be read to their end."""
    images_copied: int
    """References that lead to a copy under ``data/images``; equal images lie there once."""
    images_left: int
    """References left as they came: of far images, and of those the run could not have."""
    texts_lost: int = 0
    """Selected items whose text was read from their picture by a run without ``--keep_text``: their
    rows have none."""
    bank: dict[str, int] = Field(default_factory=dict)
    """With ``--bank``: ``entries`` that were made of pictures, and pictures ``without_hash``."""
    held_out: HeldOutTotals | None
    diff: DiffTotals | None
    runs: list[RunUsed]
    content_digest: str
    """``sha256:…`` over the digests of the data files in their order: equal for equal sets."""
    options: dict[str, Any]
