"""``manifest.json``: what a run read, with what, and what it wrote."""

from __future__ import annotations

from enum import Enum
from typing import Any

from pydantic import BaseModel, ConfigDict

from schemas import SCHEMA_VERSION
from schemas.hashes import HashBankFacts
from schemas.precision import Precision, PrecisionFacts


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RefusalCode(str, Enum):
    """Why a run that ended was not committed."""

    UNRECONCILED = "unreconciled"
    """Rows that were read are not accounted for: a fault of the pipeline."""
    UNSETTLED = "unsettled"
    """Groups were still growing when their rounds were over."""
    GATE = "gate"
    """A limit that the run was given was not kept."""


class InputEntry(_Model):
    """One file that was read."""

    path: str
    bytes: int
    rows: int
    """Rows read, bad ones included; fewer than the file holds where ``--limit`` cut it."""
    digest: str | None
    """``sha256:…`` of a local file, ``etag:…`` of an object; null where none could be had."""
    item_id: str | None = None
    """Of a picture that is an input by itself: the id of its row."""


class LeftOut(_Model):
    """Files of one kind that lay where inputs were looked for, and were not read."""

    why: str
    """What they are, as in ``hidden files`` or ``.png files``."""
    files: int
    examples: list[str]
    """The first of them by name, up to twenty; a name that is no text is escaped."""


class OutputEntry(_Model):
    """One file that was written, relative to the run directory."""

    path: str
    rows: int | None
    bytes: int
    sha256: str


class Parent(_Model):
    """An earlier run whose dead letters were among the inputs."""

    run_id: str
    """As its letters have it."""
    path: str | None
    """Its directory; null where the letters lie elsewhere."""
    committed: bool | None = None
    """Whether it was when this run ended: of a run that is not, the verdicts count for nothing."""
    letters: int
    """That were read."""
    passed_on: int
    """Of these: not driven again, and dead letters of this run as they were of that one."""


class ReusedRun(_Model):
    """A committed run whose scores were offered for reuse."""

    run_id: str
    path: str
    model_fingerprint: str
    precision: Precision | None = None
    """That its model computed in; null: float32, from before there was a choice."""
    items: int
    """Distinct ones whose scores were carried over; none where another model judged them, or it did
    in another precision."""


class Manifest(_Model):
    """Everything needed to say later what this run was."""

    schema_version: str = SCHEMA_VERSION
    run_id: str
    status: str
    """``committed``, or ``refused`` with the reason in ``refusal``."""
    refusal: str | None
    refusal_code: RefusalCode | None = None
    """Of a refused run."""
    started_at: str
    finished_at: str
    inputs: list[InputEntry]
    left_out: list[LeftOut] = []
    """Of the folders and patterns that were given."""
    parents: list[Parent] = []
    """Earlier runs whose dead letters this one drove again."""
    reused: list[ReusedRun] = []
    """In the order in which they were asked."""
    outputs: list[OutputEntry]
    options: dict[str, Any]
    """Every option that shaped the run, secrets removed."""
    versions: dict[str, str]
    model_name: str
    model_fingerprint: str
    policy_version: str
    policy_digest: str
    text_reader: dict[str, str] | None = None
    """Name, version, networks and digest of what read texts from pictures; null: nothing did."""
    hash_banks: list[HashBankFacts] = []
    """Banks of known pictures that images were looked up in."""
    precision: PrecisionFacts | None = None
    """That the model computed in, and why; null where no model did, and in runs from before there
    was a choice."""
