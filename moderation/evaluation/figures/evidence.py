"""How much evidence a figure rests on: effective groups of what it is a ratio of."""

from __future__ import annotations

import numpy as np

from moderation.evaluation.figures.groups import Grouping, effective
from moderation.evaluation.figures.sample import Sample

_OF_ALL = (
    "accuracy",
    "weighted_f1",
    "micro_f1",
    "samples_f1",
    "hamming_loss",
    "log_loss",
    "brier",
    "ece",
)


def rests_on(sample: Sample, grouping: Grouping) -> dict[str, float]:
    """Effective groups by figure, under the names of ``WeightedFigures``.

    An area rests on the smaller side, those with the label or those without; a mean over labels on
    the label that has the fewest, of those that occur.
    """
    sizes = grouping.sums(np.ones(len(sample)))
    found = dict.fromkeys(_OF_ALL, effective(sizes))
    means: dict[str, list[float]] = {name: [] for name in ("f1", "roc_auc", "pr_auc")}
    for place, name in enumerate(sample.names):
        having = grouping.sums(sample.truth[:, place])
        given = having + grouping.sums(sample.predicted[:, place])
        with_it, without = effective(having), effective(sizes - having)
        of_label = {
            "f1": effective(given),
            "roc_auc": min(with_it, without),
            "pr_auc": with_it,
        }
        for figure, groups in of_label.items():
            found[f"{name}.{figure}"] = groups
            means[figure].append(groups)
    found["macro_f1"] = _least(means["f1"])
    for figure in ("roc_auc", "pr_auc"):
        positive = sample.positive
        found[figure] = _least(means[figure]) if positive is None else means[figure][positive]
    return found


def _least(groups: list[float]) -> float:
    return min((each for each in groups if each > 0), default=0.0)
