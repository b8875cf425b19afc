"""``metrics.json``: how good a model is, by task, label and slice, with intervals."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas import SCHEMA_VERSION
from schemas.audit import UnreadableFile
from schemas.export import DeadLetterTotal
from schemas.records import Kind

Interval = tuple[float, float]
Verdict = Literal["better", "worse", "no measurable difference", "undefined"]
WhyNot = Literal["undefined", "few_groups", "no_spread", "unreliable"]
"""Why a figure has no interval: it is undefined; it rests on fewer effective groups than an
interval can be made of; no group that is left out changes it; no method that was tried holds what
it should for this figure."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Proportion(_Model):
    """A share of items."""

    value: float | None
    """Null where there is nothing to take a share of."""
    interval_95: Interval | None
    """By leaving each group out; Wilson's score interval where each item is a group. Null where
    ``why`` says so."""
    hits: int
    of: int
    groups: float | None = None
    """Effective number of independent groups among ``of``: so many of one size are as much."""
    why: WhyNot | None = None
    """Why there is no interval."""


class Figure(_Model):
    """A figure that is no plain share."""

    value: float | None
    """Null where it is undefined, as a ROC AUC where all items have one label."""
    interval_95: Interval | None
    """By leaving each group out; null where ``why`` says so."""
    replicates: int
    """0: no bootstrap is needed for it. Of files written earlier: in how many it is defined."""
    groups: float | None = None
    """Effective number of independent groups that it rests on."""
    why: WhyNot | None = None
    """Why there is no interval."""


class LabelFigures(_Model):
    """One label against all others."""

    label: str
    support: int
    """Items that have it."""
    groups: int | None = None
    """Independent groups among these."""
    predicted: int
    """Items that the model gives it."""
    precision: Proportion
    recall: Proportion
    f1: Figure
    roc_auc: Figure
    pr_auc: Figure
    """Average precision."""


class FlagFigures(_Model):
    """One flag, as verdicts carry it or as another policy would raise it."""

    flag: str
    label: str
    """What it says of an item."""
    counts: bool
    """False: it is written on verdicts, and decides nothing."""
    threshold: float | None
    """From where it is raised; null where neither policy nor card tell."""
    support: int
    """Items that have the label."""
    raised: int
    share: Proportion
    """Of the items, that it is raised of."""
    precision: Proportion
    recall: Proportion
    disagrees: int
    """Items whose flag is not what their stored probability says; without a threshold as many as
    no threshold could explain."""


class DecisionFigures(_Model):
    """One of ``flag``, ``review`` and ``clear``."""

    decision: str
    share: Proportion
    """Of the items."""
    due: Proportion
    """Of the items decided so, that have a label which a flag that counts is about. Of ``flag``
    its precision."""
    of_due: Proportion
    """Of the items with such a label, that are decided so. Of ``flag`` its recall, of ``clear``
    what is missed."""


class PolicyFigures(_Model):
    """What the policy makes of the items that are evaluated."""

    items: int
    """Whose verdict has a decision."""
    flags: list[FlagFigures]
    decisions: list[DecisionFigures]
    review_load: Proportion
    """Share of the items that people are to look at."""
    reached: Proportion
    """Of the items with a label which a flag that counts is about, that are flagged or looked at
    by people."""
    label_disagrees: int
    """Items whose ``entailment_label`` is not the likeliest label of the stored probabilities."""


class Figures(_Model):
    """What one set of items says of one task.

    A prediction is the likeliest label; of a task with several labels an item, every label with a
    probability of 0.5 or above, or of its threshold where thresholds were given.
    """

    items: int
    groups: int | None = None
    """Independent ones: items of one group are copies of each other, or hang together otherwise."""
    effective_groups: float | None = None
    """So many groups of one size would be as much evidence."""
    accuracy: Proportion
    """Of a task with several labels an item: all of them right."""
    macro_f1: Figure
    """Mean over the labels that occur, in the truth or in the predictions."""
    weighted_f1: Figure
    """Mean over the labels weighted by their support."""
    micro_f1: Figure | None = None
    """Of all labels of all items. This and the next two: of tasks with several labels an item."""
    samples_f1: Figure | None = None
    """Mean over items; one that has no label and is given none counts as 1."""
    hamming_loss: Figure | None = None
    """Share of all labels of all items that is wrong."""
    roc_auc: Figure
    """With two labels of the positive one, else the mean of one label against the rest; null
    where a label does not occur or is the only one. Of several labels an item the mean over those
    for which it is defined."""
    pr_auc: Figure
    """Average precision, in the same way."""
    log_loss: Figure
    """Natural logarithm; of several labels an item the mean over labels."""
    brier: Figure
    """Mean squared error: with two labels of the positive one, else summed over labels; of
    several labels an item the mean over labels."""
    ece: Figure
    """Expected calibration error over ten equally wide bins: with two labels of the positive
    one's probability, else of the likeliest label's; of several labels an item of all."""
    labels: list[LabelFigures]
    confusion: list[list[int]] | None
    """Rows: the truth; columns: the prediction; null with several labels an item."""
    policy: PolicyFigures | None = None
    """Flags and decisions; null where scores come without."""


class SliceFigures(_Model):
    """Items that share a column's value."""

    column: str
    value: str | None
    """Null: the rows without a value."""
    merged_values: int
    """Over 0: this is what remains, so many rarer values together, under ``value`` null."""
    figures: Figures


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
    ``other_task``, ``duplicate``, ``conflicting``, ``verdict_conflicting``, ``unlabelled``,
    ``dead_lettered``."""
    verdicts: SideAccount
    """``evaluated``, ``duplicate``, ``conflicting``, ``without_label``, ``other_task``,
    ``label_unusable``, ``dead_lettered``."""
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
