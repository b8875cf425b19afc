"""What is known of an evaluation before its first row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas.metrics import ScoredBy


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
    """Everything about the evaluation that was known before its first row."""

    run_id: str
    started_at: str
    scored_by: tuple[ScoredBy, ...]
    score_rows: int | None
    """What the runs' manifests announce; None: score files announce nothing."""
    label_files: tuple[str, ...]
    label_rows: int | None
    """What a set of examples announces; None: files of labels announce nothing."""
    baseline: Baseline | None
    submission: SubmissionFor | None
    min_coverage: float
    notes: tuple[str, ...]
    options: dict[str, Any]
    max_unreadable_files: int = 0
