"""What goes out for every row: a verdict or a dead letter; and the review queue's entry."""

from __future__ import annotations

from enum import Enum
from typing import Any

from pydantic import BaseModel, ConfigDict

from schemas.hashes import HashMatch
from schemas.images import ImageReport
from schemas.policy import Decision
from schemas.precision import Precision
from schemas.records import Kind


class TextSource(str, Enum):
    """Where the text came from that an item was judged by."""

    RECORD = "record"
    OCR = "ocr"
    """It was read from the picture."""


class Verdict(BaseModel):
    """One row of ``verdicts/``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item_id: str
    """The record's id; of a tweet pair ``id_1:id_2``."""
    kind: Kind
    content_key: str
    """Digest of what was judged; equal content has equal keys, whatever its id."""
    source: str
    """The file the row was read from; of a dead letter that was driven again the one it first came
    from."""
    row: int
    """1-based: line of a JSONL file, record of a CSV (header not counted), row of Parquet."""
    probabilities: dict[str, float]
    """Calibrated, keyed ``task.label``, e.g. ``entailment.Implies``."""
    entailment_label: str | None
    """The likeliest label of the task ``entailment``."""
    is_contradiction: bool | None
    is_implication: bool | None
    is_hateful: bool | None
    """Flags; null where no task of this kind answers the question."""
    other_flags: dict[str, bool]
    """Flags the policy defines beyond the three above."""
    decision: Decision
    reasons: list[str]
    """The rules behind the decision, e.g. ``is_hateful``, ``review_band:is_hateful``."""
    modalities: list[str]
    """The record's fields the model was shown, e.g. ``text_1``, ``image_1``."""
    images: list[ImageReport]
    hash_matches: list[HashMatch] = []
    """What banks of known pictures know the item's pictures as: of each bank the nearest entry."""
    looked_up_in: str | None = None
    """Signature of these banks, their digests and distances; null where there were none."""
    label: str | None
    """The label the record came with; of a list of labels a JSON array."""
    extras: str
    """Every other column of the record, as a JSON object."""
    reused: bool
    """True: the scores were carried over from another run."""
    reused_from: str | None = None
    """Then: the id of the run whose model gave them."""
    model_fingerprint: str
    policy_version: str
    run_id: str
    scored_at: str
    """UTC, ISO 8601, of the moment the model answered."""
    text_source: TextSource | None = None
    """``ocr``: the record has no text, and it was read from its picture; null: nothing could be
    read there, and ``reading`` says why."""
    reading: str | None = None
    """What became of reading the picture: ``read``, ``empty``, ``timed_out``, ``crashed``,
    ``failed``; null where the record has its text."""
    text_read: str | None = None
    """What was read, where the run kept it (``--keep_text``)."""
    precision: Precision | None = None
    """That the model computed in; null: float32, from before there was a choice."""


class ReviewEntry(BaseModel):
    """One line of ``review_queue/``: what a reviewer needs to decide. One line a content."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item_id: str
    kind: Kind
    content_key: str
    reasons: list[str]
    probabilities: dict[str, float]
    texts: dict[str, str]
    images: list[ImageReport]
    hash_matches: list[HashMatch] = []
    """Each with the known picture's text, where its bank has one, beside ``texts``."""
    source: str
    row: int
    """Of the first row with this content."""
    text_source: TextSource | None = None
    """As of the verdict; what was read stands in ``texts``."""
    copies: int = 1
    """Rows of the run with this content; ``content_key`` finds the verdicts of all."""
    margin: float | None = None
    """How far the nearest probability that decides lies from its threshold: what is near it is
    looked at first. Null where no rule decides, and in runs from before it was written."""
    multi_label: list[str] = []
    """Tasks of which any number of labels may hold."""
    run_id: str
    model_fingerprint: str
    policy_version: str


class LetterHistory(BaseModel):
    """What earlier runs made of a record that was driven again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    runs: int
    """That tried the record, this one included unless it passed the letter on."""
    first_run_id: str
    first_code: str
    """Why the first of them lost it."""
    first_at: str | None
    """UTC, ISO 8601, of the first one's start; null where its letters do not say."""
    parent_run_id: str
    """The run whose letter this one read."""
    passed_on: bool
    """True: this run did not try the record, and the letter says what it said before."""


class DeadLetter(BaseModel):
    """One line of ``dead_letters/``: a row that could not be judged, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run_id: str
    source: str
    """The file the row was read from; of a letter that was driven again the one it first came
    from."""
    row: int | None
    """Null where a whole file could not be opened."""
    item_id: str | None
    kind: Kind | None
    stage: str
    """A ``schemas.codes.Stage``."""
    code: str
    """A ``schemas.codes.Code``."""
    retryable: bool
    attempts: int
    """Tries, summed over all runs of ``history``."""
    message: str
    record: dict[str, Any] | str | None
    """As it came: an object, or the raw line where it is not one. Without inline image bytes,
    and image URLs without their query string: ``redacted`` names the fields that lost something."""
    redacted: list[str]
    run_started_at: str | None = None
    """UTC, ISO 8601, of the run ``run_id``."""
    history: LetterHistory | None = None
    """Of a record that came as an earlier run's dead letter."""
