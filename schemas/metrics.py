"""``metrics.json``: how good a model is, by task, label and slice, with intervals."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas import SCHEMA_VERSION
from schemas.audit import UnreadableFile
from schemas.export import DeadLetterTotal
from schemas.figures import DecisionFigures as DecisionFigures
from schemas.figures import Figure as Figure
from schemas.figures import Figures as Figures
from schemas.figures import FlagFigures as FlagFigures
from schemas.figures import Interval as Interval
from schemas.figures import LabelFigures as LabelFigures
from schemas.figures import PolicyFigures as PolicyFigures
from schemas.figures import Proportion as Proportion
from schemas.figures import SliceFigures as SliceFigures
from schemas.figures import WhyNot as WhyNot
from schemas.records import Kind

Verdict = Literal["better", "worse", "no measurable difference", "undefined"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReliabilityBin(_Model):
    """Items whose probability lies in ``(low, high]``; the first bin holds 0 too."""

    low: float
    high: float
    items: int
    mean_p: float | None
    rate: Proportion
    """How often it was so."""


class ThresholdPoint(_Model):
    """One label, given to every item at this probability or above."""

    threshold: float
    flagged: int
    precision: Proportion
    recall: Proportion
    f1: Figure


class LabelCurves(_Model):
    """What is drawn of one label against the rest."""

    label: str
    roc: list[tuple[float, float]]
    """False positive rate and true positive rate; thinned, the ends included."""
    pr: list[tuple[float, float]]
    """Recall and precision; thinned, the ends included."""
    thresholds: list[ThresholdPoint]
    reliability: list[ReliabilityBin]
    histogram: list[tuple[int, int]]
    """Items in twenty equally wide bins of the probability: without and with the label."""


class Bootstrap(_Model):
    """How bootstrap intervals were made."""

    replicates: int
    """Of all items; larger sets take fewer."""
    seed: int
    method: str = "multinomial: items redrawn with replacement; percentiles"


class TaskMetrics(_Model):
    """One task."""

    task: str
    kind: Kind | None
    labels: list[str]
    positive: str | None
    """With two labels: the one whose probability is asked for."""
    multi_label: bool
    thresholds: dict[str, float] | None = None
    """Of several labels an item: from where each is given; null: from 0.5 on."""
    bootstrap: Bootstrap
    overall: Figures
    slices: list[SliceFigures]
    curves: list[LabelCurves]
    reliability: list[ReliabilityBin]
    """The bins behind ``ece``."""


class Difference(_Model):
    """A figure of this evaluation less that of the earlier one, on the same items."""

    figure: str
    """As in ``macro_f1``; ``LABEL.f1`` of one label."""
    value: float | None
    baseline: float | None
    difference: float | None
    interval_95: Interval | None
    """Paired bootstrap: both are computed on the same redrawn groups."""
    replicates: int
    verdict: Verdict
    """``better`` and ``worse`` where there is an interval and it leaves 0 out."""
    why: WhyNot | None = None
    """Why there is no interval."""


class Comparison(_Model):
    """One task against an earlier evaluation."""

    task: str
    kind: Kind | None
    items: int
    """Items of both: shared id and task."""
    only_here: int
    only_in_baseline: int
    relabelled: int
    """Shared items whose label is another one now; the present one is used for both."""
    refusal: str | None
    """Why nothing could be compared."""
    bootstrap: Bootstrap
    differences: list[Difference]


class GroupedBy(_Model):
    """How evaluated items were told to be one group, for copies are no independent evidence."""

    column: str | None
    """Of the labelled rows; null: item by item was asked for."""
    given: int
    """Items whose row says its group."""
    content: int
    """Items that hang together with others where a text is nearly equal or a picture the same."""
    alone: int
    """Items that nothing could be told of: each counts as independent."""


class DecidedBy(_Model):
    """The policy that flags and decisions are of."""

    version: str
    again: bool
    """True: decided again from the stored scores, by another policy than the runs'."""
    thresholds_from: str
    """Where thresholds that the policy leaves open come from; empty: they are not known."""


class BaselineTotals(_Model):
    """The earlier evaluation."""

    path: str
    run_id: str
    model: list[str]
    comparisons: list[Comparison]


class ScoredBy(_Model):
    """Where scores came from."""

    path: str
    run_id: str | None
    model_name: str | None
    model_fingerprint: str | None
    policy_version: str | None
    rows: int


class SideAccount(_Model):
    """``read`` is the sum of ``rows``, or the run does not commit."""

    read: int
    rows: dict[str, int]

    @property
    def reconciles(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.read == sum(self.rows.values())


class Submission(_Model):
    """``submission.csv``."""

    source: str
    task: str
    rows: int
    threshold: float
    without_verdict: int
    examples: list[str]
    """Some of the ids without a verdict."""


class Evaluation(_Model):
    """``metrics.json``: every label and every verdict is in its accounts exactly once."""

    schema_version: str = SCHEMA_VERSION
    run_id: str
    status: str
    refusal: str | None
    started_at: str
    finished_at: str
    reconciles: bool
    scored_by: list[ScoredBy]
    label_files: list[str]
    labels: SideAccount
    """``evaluated``; ``dead_letter_in_run`` (see ``lost_in_run``), ``without_verdict``,
    ``other_task``, ``without_scores`` (a bank of known pictures spared the model), ``duplicate``,
    ``conflicting``, ``verdict_conflicting``, ``unlabelled``, ``dead_lettered``."""
    verdicts: SideAccount
    """``evaluated``, ``duplicate``, ``conflicting``, ``without_label``, ``other_task``,
    ``without_scores``, ``label_unusable``, ``dead_lettered``."""
    lost_in_run: dict[str, int]
    """Labelled items that the scoring runs have as dead letters, by code."""
    dead_letters: list[DeadLetterTotal]
    """Rows of the labels and of score files that could not be used."""
    unreadable: list[UnreadableFile] = Field(default_factory=list)
    """Files that could not be read to their end."""
    grouped_by: GroupedBy | None = None
    decided_by: DecidedBy | None = None
    tasks: list[TaskMetrics]
    baseline: BaselineTotals | None
    submission: Submission | None
    notes: list[str]
    options: dict[str, Any]


class EvaluatedItem(_Model):
    """One row of ``items/``: an item whose scores met its label, once a task."""

    item_id: str
    kind: Kind | None
    task: str
    label: str
    """Of several labels all, with ``|`` between them; so is ``predicted``."""
    predicted: str
    probabilities: dict[str, float]
    """By label."""
    slices: dict[str, str | None]
    """The values of the columns that figures are sliced by."""
    source: str
    row: int
    """Of the label."""
