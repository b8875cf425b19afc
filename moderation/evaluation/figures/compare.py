"""Two models on the same items: differences of figures, with paired bootstrap intervals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from moderation.evaluation.figures.evaluate import OF_SEVERAL
from moderation.evaluation.figures.evidence import rests_on
from moderation.evaluation.figures.groups import Floats, Grouping
from moderation.evaluation.figures.intervals import (
    FEWEST_GROUPS,
    freedom,
    percentiles,
    widened,
)
from moderation.evaluation.figures.left_out import left_out
from moderation.evaluation.figures.points import measure
from moderation.evaluation.figures.resample import Weights, redraws, replicates_for
from moderation.evaluation.figures.sample import Sample, make_sample
from moderation.evaluation.figures.weighted import WeightedFigures
from schemas.metrics import Difference, Interval, Verdict, WhyNot

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
    groups: Sequence[Any] | None = None,
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
        groups: as ``evaluate`` takes them: redrawn whole.
        replicates: of the bootstrap; None: 1,000 up to 20,000 groups, falling to 200 at 100,000.
        seed: equal seeds give equal intervals.

    Returns:
        The main figures, then those of single labels; each difference is this model's figure less
        the baseline's. ``better`` and ``worse`` where the 95 % interval leaves 0 out; nothing is
        corrected for looking at several figures. Calibration error has no interval, nor has what
        rests on too few groups.
    """
    here, there = (
        make_sample(labels, p, names, task=task, multi_label=multi_label, groups=groups)
        for p in (probabilities, baseline)
    )
    return compare_samples(here, there, replicates=replicates, seed=seed)


def compare_samples(
    here: Sample, there: Sample, *, replicates: int | None, seed: int
) -> list[Difference]:
    """``compare`` of what was checked already; the groups are ``here``'s."""
    grouping = Grouping.of(here)
    number = replicates or replicates_for(grouping.count)
    one, other = measure(here).values, measure(there).values
    drawn = _drawn(here, there, grouping, redraws(grouping.count, replicates=number, seed=seed))
    without = dict(left_out(there, grouping))
    moves = {name: each - without[name] for name, each in left_out(here, grouping)}
    rests = rests_on(here, grouping)
    names = (*MAIN, *(OF_SEVERAL if here.multi_label else ()), *_of_labels(here.names))
    return [
        _difference(
            name,
            one[name],
            other[name],
            _Spread(drawn[name], moves.get(name), rests[name]),
        )
        for name in names
    ]


class _Spread(NamedTuple):
    """How a difference varies."""

    drawn: Floats
    """``[replicates]``."""
    moves: Floats | None
    """``[groups]``: the difference without each; None: not of this figure."""
    groups: float
    """Effective ones that the figure rests on."""


def _drawn(
    here: Sample, there: Sample, grouping: Grouping, weights: Iterable[Weights]
) -> dict[str, Floats]:
    """``[replicates]`` of differences: both models on the same redrawn groups."""
    figures_here, figures_there = (WeightedFigures(each, grouping) for each in (here, there))
    found: dict[str, list[Floats]] = {}
    for drawn in weights:
        a, b = figures_here(drawn), figures_there(drawn)
        for name in a:
            found.setdefault(name, []).append(a[name] - b[name])
    return {name: np.concatenate(each) for name, each in found.items()}


def _of_labels(names: Sequence[str]) -> Iterator[str]:
    return (f"{name}.{figure}" for name in names for figure in ("f1", "roc_auc", "pr_auc"))


def _difference(name: str, value: float, baseline: float, spread: _Spread) -> Difference:
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
            why="undefined",
        )
    why: WhyNot | None = None
    interval, defined = None, 0
    if spread.moves is None:
        why = "unreliable"
    elif spread.groups < FEWEST_GROUPS or np.isnan(spread.moves).any():
        why = "few_groups"
    else:  # the middle of the replicates, wider where few groups decide
        interval, defined = percentiles(spread.drawn, widened(freedom(spread.moves)))
    return Difference(
        figure=name,
        value=value,
        baseline=baseline,
        difference=difference,
        interval_95=interval,
        replicates=defined,
        verdict=_verdict(interval, lower_is_better=name in _LOWER_IS_BETTER),
        why=why,
    )


def _verdict(interval: Interval | None, *, lower_is_better: bool) -> Verdict:
    if interval is None:
        return "no measurable difference"
    low, high = interval
    if low > 0 or high < 0:
        return "better" if (low > 0) != lower_is_better else "worse"
    return "no measurable difference"
