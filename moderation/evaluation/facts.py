"""What is known of an evaluation before its first row."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.metrics import DecidedBy, ScoredBy


@dataclass(frozen=True, slots=True)
class Baseline:
    """The earlier evaluation, as its manifest names it."""

    path: str
    run_id: str
    model: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SubmissionFor:
    """What a submission is made for."""

    source: str
    task: str
    threshold: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What an evaluation was asked for, and what its inputs say of themselves."""

    submission: SubmissionFor | None
    min_coverage: float
    notes: tuple[str, ...]
    max_unreadable_files: int = 0
    scored_by: tuple[ScoredBy, ...] = ()
    score_rows: int | None = None
    """What the runs' manifests announce; None: score files announce nothing."""
    label_files: tuple[str, ...] = ()
    label_rows: int | None = None
    """What a set of examples announces; None: files of labels announce nothing."""
    baseline: Baseline | None = None
    decided_by: DecidedBy | None = None
    group_column: str | None = None
    """What groups were asked to be told by; None: item by item."""
    group_asked: bool = False
    """Whether that column was named, so that rows must have it."""
