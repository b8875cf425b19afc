"""How many items each threshold would flag and send to review, from a run's histograms."""

from __future__ import annotations

from itertools import accumulate

from schemas.distributions import Distributions, FlagRate, LabelScores
from schemas.what_if import ThresholdStep, WhatIf

LADDER = (
    *(0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5),
    *(0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995),
)
"""Narrow at both ends, where most items lie."""


def what_if(told: Distributions) -> list[WhatIf]:
    """Every flag of the run whose label has scores, with the thresholds that it could have."""
    scores = {(each.task, each.label): each for each in told.labels}
    return [
        _flag(flag, scores[flag.task, flag.label])
        for flag in told.flags
        if (flag.task, flag.label) in scores
    ]


def _flag(flag: FlagRate, scores: LabelScores) -> WhatIf:
    below, above = flag.threshold - flag.band[0], flag.band[1] - flag.threshold
    thresholds = sorted({*LADDER, flag.threshold})
    items, rows = _from_top(scores.items), _from_top(scores.rows)

    def step(threshold: float) -> ThresholdStep:
        edges = [_edge(at, len(scores.items)) for at in (threshold - below, threshold + above)]
        low, high = (place for place, _ in edges)
        return ThresholdStep(
            threshold=threshold,
            present=threshold == flag.threshold,
            exact=all(exact for _, exact in edges),
            items_flagged=items[high],
            rows_flagged=rows[high],
            items_to_review=items[low] - items[high],
            rows_to_review=rows[low] - rows[high],
        )

    return WhatIf(
        flag=flag.flag,
        task=flag.task,
        label=flag.label,
        items=items[0],
        rows=rows[0],
        band_below=round(below, 9),
        band_above=round(above, 9),
        steps=[step(threshold) for threshold in thresholds],
    )


def _from_top(counts: list[int]) -> list[int]:
    """At ``i``: how many lie in bin ``i`` or above; one more than there are bins."""
    return [*reversed([*accumulate(reversed(counts))]), 0]


def _edge(at: float, bins: int) -> tuple[int, bool]:
    """The bin that begins nearest to a probability, and whether it begins there."""
    place = min(max(round(at * bins), 0), bins)
    exact = abs(at * bins - place) < 1e-6 or not 0 < at < 1
    return place, exact
