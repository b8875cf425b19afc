"""Two models on the same items: differences of figures, with paired bootstrap intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moderation.evaluation.figures.evaluate import OF_SEVERAL
from moderation.evaluation.figures.intervals import percentiles
from moderation.evaluation.figures.points import measure
from moderation.evaluation.figures.resample import redraws, replicates_for
from moderation.evaluation.figures.sample import Sample, make_sample
from moderation.evaluation.figures.weighted import WeightedFigures
from schemas.metrics import Difference, Interval, Verdict

MAIN = (
    "accuracy",
    "macro_f1",
    "weighted_f1",
    "roc_auc",
    "pr_auc",
    "log_loss",
    "brier",
    "ece",
)
_LOWER_IS_BETTER = frozenset({"log_loss", "brier", "ece", "hamming_loss"})


def compare(
    labels: ArrayLike | Sequence[object],
    probabilities: ArrayLike,
    baseline: ArrayLike,
    names: Sequence[str],
    *,
    task: str | None = None,
    multi_label: bool = False,
    replicates: int | None = None,
    seed: int = 0,
) -> list[Difference]:
    """Whether one model is measurably better than another on these items.

    Args:
        labels: as ``evaluate`` takes them.
        probabilities: of the model in question, as ``evaluate`` takes them.
        baseline: of the other, item by item the same.
        names: the labels in their order.
        task: its name.
        multi_label: an item may have any number of the labels.
        replicates: of the bootstrap; None: as ``evaluate`` has it.
        seed: equal seeds give equal intervals.

    Returns:
        The main figures, then those of single labels; each difference is this model's figure less
        the baseline's. ``better`` and ``worse`` where the 95 % interval leaves 0 out; nothing is
        corrected for looking at several figures.
    """
    here = make_sample(labels, probabilities, names, task=task, multi_label=multi_label)
    there = make_sample(labels, baseline, names, task=task, multi_label=multi_label)
    return compare_samples(here, there, replicates=replicates, seed=seed)


def compare_samples(
    here: Sample, there: Sample, *, replicates: int | None, seed: int
) -> list[Difference]:
    """``compare`` of what was checked already."""
    number = replicates or replicates_for(len(here))
    one, other = measure(here).values, measure(there).values
    figures_here, figures_there = WeightedFigures(here), WeightedFigures(there)
    drawn: dict[str, list[NDArray[np.float64]]] = {}
    for weights in redraws(len(here), replicates=number, seed=seed):
        a, b = figures_here(weights), figures_there(weights)
        for name in a:
            drawn.setdefault(name, []).append(a[name] - b[name])
    return [
        _difference(name, one[name], other[name], np.concatenate(drawn[name]))
        for name in (*MAIN, *(OF_SEVERAL if here.multi_label else ()), *_of_labels(here.names))
    ]


def _of_labels(names: Sequence[str]) -> Iterator[str]:
    return (f"{name}.{figure}" for name in names for figure in ("f1", "roc_auc", "pr_auc"))


def _difference(name: str, value: float, baseline: float, drawn: NDArray[np.float64]) -> Difference:
    difference = value - baseline
    if np.isnan(difference):
        return Difference(
            figure=name,
            value=None if np.isnan(value) else value,
            baseline=None if np.isnan(baseline) else baseline,
            difference=None,
            interval_95=None,
            replicates=0,
            verdict="undefined",
        )
    if name == "ece":  # redrawing adds noise to both sides: see ``recentred``
        drawn = drawn - (drawn.mean() - difference)
    interval, defined = percentiles(drawn)
    return Difference(
        figure=name,
        value=value,
        baseline=baseline,
        difference=difference,
        interval_95=interval,
        replicates=defined,
        verdict=_verdict(interval, lower_is_better=name in _LOWER_IS_BETTER),
    )


def _verdict(interval: Interval | None, *, lower_is_better: bool) -> Verdict:
    if interval is None:
        return "undefined"
    low, high = interval
    if low > 0 or high < 0:
        return "better" if (low > 0) != lower_is_better else "worse"
    return "no measurable difference"
