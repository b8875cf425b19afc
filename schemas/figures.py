"""Figures with their intervals: what ``metrics.json`` says of a set of items."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Interval = tuple[float, float]
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
    """Share of the items that people are to look at, those of the policy's samples among them."""
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
