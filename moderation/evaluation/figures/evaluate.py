"""How good probabilities are, in one call: figures with intervals, by slice, and their curves.

No Beam and no TensorFlow: arrays in, ``schemas.metrics.TaskMetrics`` out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moderation.evaluation.figures.curves import label_curves, task_reliability
from moderation.evaluation.figures.evidence import rests_on
from moderation.evaluation.figures.groups import Grouping, effective
from moderation.evaluation.figures.intervals import figure, proportion, without_interval
from moderation.evaluation.figures.left_out import left_out
from moderation.evaluation.figures.points import measure
from moderation.evaluation.figures.policy import Acted, policy_figures
from moderation.evaluation.figures.resample import redraws
from moderation.evaluation.figures.sample import Sample, make_sample
from moderation.evaluation.figures.slices import Slice, slices_of
from moderation.evaluation.figures.weighted import WeightedFigures
from schemas.metrics import Bootstrap, Figure, Figures, LabelFigures, SliceFigures, TaskMetrics
from schemas.records import Kind

MAX_SLICES = 20
METHOD = "each group left out once (jackknife), Student's t on the scale of the log-odds"
OF_SEVERAL = ("micro_f1", "samples_f1", "hamming_loss")
"""Figures of tasks with several labels an item alone."""


def evaluate(
    labels: ArrayLike | Sequence[Any],
    probabilities: ArrayLike,
    names: Sequence[str],
    *,
    task: str = "task",
    kind: Kind | None = None,
    multi_label: bool = False,
    thresholds: Sequence[float] | None = None,
    slices: Mapping[str, Sequence[str | None]] | None = None,
    max_slices: int = MAX_SLICES,
    groups: Sequence[Any] | None = None,
    replicates: int | None = None,
    seed: int = 0,
) -> TaskMetrics:
    """Evaluate one task.

    Args:
        labels: ``[items]``: each item's label by name or by place in ``names``; with
            ``multi_label`` ``[items, labels]`` of 0 and 1.
        probabilities: float ``[items, labels]``, calibrated or not; with two labels also
            ``[items]``, the positive one's. Predictions are the likeliest label.
        names: the labels in their order; which of two is the positive one is told by their names
            and the task's, else it is the second (``moderation.records.positive``).
        task: its name.
        kind: what the items are, for the result.
        multi_label: an item may have any number of the labels.
        thresholds: then, in the order of the labels, from where each counts; None: 0.5.
        slices: by column, each item's value; figures are given for every value too.
        max_slices: values of a column that get figures of their own, the most frequent first.
        groups: each item's; items of one are no independent evidence, as copies. None: each is its
            own, and intervals are those of so many independent items.
        replicates: not needed any more, nor is ``seed``: intervals are computed, not drawn.
        seed: taken so that calls of earlier versions still run.

    Returns:
        Everything ``metrics.json`` says of a task. ``card_figures`` makes a card's numbers of it.

    Raises:
        SampleError: where labels or probabilities do not fit, or there is no item.

    >>> told = evaluate(["no", "yes", "yes", "no"], [0.1, 0.8, 0.4, 0.2], ("no", "yes"))
    >>> low, high = told.overall.accuracy.interval_95  # by Wilson: each item is a group
    >>> told.overall.accuracy.value, round(low, 3), round(high, 3)
    (0.75, 0.301, 0.954)
    >>> told.positive, told.overall.roc_auc.value
    ('yes', 1.0)
    """
    sample = make_sample(
        labels,
        probabilities,
        names,
        task=task,
        multi_label=multi_label,
        thresholds=thresholds,
        groups=groups,
    )
    by_slice = slices_of(slices or {}, max_values=max_slices)
    return evaluate_sample(sample, task=task, kind=kind, slices=by_slice, seed=seed)


def evaluate_sample(
    sample: Sample,
    *,
    task: str,
    kind: Kind | None,
    slices: Sequence[Slice] = (),
    acted: Acted | None = None,
    seed: int = 0,
) -> TaskMetrics:
    """``evaluate`` of what was checked already; ``acted``: what a policy made of the items."""
    return TaskMetrics(
        task=task,
        kind=kind,
        labels=list(sample.names),
        positive=None if sample.positive is None else sample.names[sample.positive],
        multi_label=sample.multi_label,
        thresholds=None
        if sample.thresholds is None
        else dict(zip(sample.names, sample.thresholds, strict=True)),
        bootstrap=Bootstrap(replicates=0, seed=seed, method=METHOD),
        overall=figures(sample, acted),
        slices=[
            SliceFigures(
                column=each.column,
                value=each.value,
                merged_values=each.merged_values,
                figures=figures(
                    sample.take(each.rows), None if acted is None else acted.take(each.rows)
                ),
            )
            for each in slices
        ],
        curves=[label_curves(sample, place) for place in range(len(sample.names))],
        reliability=task_reliability(sample),
    )


def figures(sample: Sample, acted: Acted | None = None) -> Figures:
    """All figures of a sample with their intervals, and of what a policy made of it."""
    points, grouping = measure(sample), Grouping.of(sample)
    rests, without = rests_on(sample, grouping), dict(left_out(sample, grouping))

    def made(name: str) -> Figure:
        within = None if name in _WITHOUT_END else 2.0 if name == "brier" else 1.0
        return figure(points.values[name], without[name], groups=rests[name], within=within)

    sizes = grouping.sums(np.ones(len(sample)))
    return Figures(
        items=len(sample),
        groups=grouping.count,
        effective_groups=round(effective(sizes), 1),
        accuracy=proportion(sample.right, np.ones(len(sample), dtype=bool), grouping),
        macro_f1=made("macro_f1"),
        weighted_f1=made("weighted_f1"),
        **({name: made(name) for name in OF_SEVERAL} if sample.multi_label else {}),
        roc_auc=made("roc_auc"),
        pr_auc=made("pr_auc"),
        log_loss=made("log_loss"),
        brier=made("brier"),
        ece=without_interval(points.values["ece"], groups=rests["ece"]),
        labels=[_label(sample, place, grouping, made) for place in range(len(sample.names))],
        confusion=points.confusion,
        policy=None if acted is None else policy_figures(sample, acted),
    )


def replicate_figures(
    of: WeightedFigures, items: int, replicates: int, seed: int
) -> dict[str, NDArray[np.float64]]:
    """``[replicates]`` by figure."""
    batches = [of(weights) for weights in redraws(items, replicates=replicates, seed=seed)]
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def card_figures(metrics: TaskMetrics) -> dict[str, Any]:
    """The main figures as a card keeps them: ``{"value": …, "interval_95": [low, high]}``."""
    overall = metrics.overall
    shown: dict[str, Any] = {"items": overall.items, "groups": overall.groups}
    several = OF_SEVERAL if metrics.multi_label else ()
    names = ("accuracy", "macro_f1", "weighted_f1", *several, *_AREAS, "log_loss", "brier", "ece")
    for name in names:
        shown[name] = _short(getattr(overall, name))
    shown["labels"] = {
        each.label: {
            "support": each.support,
            **{
                name: _short(getattr(each, name)) for name in ("precision", "recall", "f1", *_AREAS)
            },
        }
        for each in overall.labels
    }
    return shown


_AREAS = ("roc_auc", "pr_auc")
_WITHOUT_END = frozenset({"log_loss"})


def _label(
    sample: Sample, place: int, grouping: Grouping, made: Callable[[str], Figure]
) -> LabelFigures:
    name, truth = sample.names[place], sample.truth[:, place]
    given = sample.predicted[:, place]
    return LabelFigures(
        label=name,
        support=int(truth.sum()),
        groups=int((grouping.sums(truth) > 0).sum()),
        predicted=int(given.sum()),
        precision=proportion(truth & given, given, grouping),
        recall=proportion(truth & given, truth, grouping),
        f1=made(f"{name}.f1"),
        roc_auc=made(f"{name}.roc_auc"),
        pr_auc=made(f"{name}.pr_auc"),
    )


def _short(figure: Any) -> dict[str, Any] | None:
    if figure.value is None:
        return None
    interval = figure.interval_95
    return {
        "value": round(figure.value, 4),
        "interval_95": None if interval is None else [round(end, 4) for end in interval],
    }
