"""Every figure with each group left out once: what a jackknife needs, without computing anew.

Sums of what is left are totals less the group's own, so most figures are exact. So is average
precision of a set that is small; of a large one it is to first order of the group that leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from moderation.evaluation.figures.groups import Floats, Grouping
from moderation.evaluation.figures.sample import Sample
from moderation.evaluation.figures.weighted import Ranking, row_brier, row_f1, row_log_loss

Truth = NDArray[np.bool_]
_MOST_EXACT = 10_000_000
"""Groups times items up to which average precision is computed anew for each group."""
_AT_ONCE = 256


def left_out(sample: Sample, grouping: Grouping) -> Iterator[tuple[str, Floats]]:
    """Figures as ``WeightedFigures`` names them, each with its values ``[groups]`` without a group.

    A value is NaN where the figure is undefined then.
    """
    cells = Cells.of(sample, grouping)
    yield from cells.figures(sample.names, several=sample.multi_label)
    size = grouping.sums(np.ones(len(sample)))

    def mean(values: Floats) -> Floats:
        return ratio(grouping.sums(values), size)

    yield "accuracy", mean(sample.right.astype(np.float64))
    yield "log_loss", mean(row_log_loss(sample))
    yield "brier", mean(row_brier(sample))
    if sample.multi_label:
        yield "samples_f1", mean(row_f1(sample))
        yield "hamming_loss", mean((sample.truth != sample.predicted).mean(axis=1))
    for name, area in (("roc_auc", roc_auc), ("pr_auc", average_precision)):
        yield from _areas(sample, grouping, name, area)


def ratio(hits: Floats, of: Floats) -> Floats:
    """``[groups]``: the ratio of the sums without each group."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((hits.sum() - hits) / (of.sum() - of))


class Cells:
    """Hits, support and predictions of each label, without each group: ``[groups, labels]``."""

    def __init__(self, hits: Floats, support: Floats, predicted: Floats) -> None:
        self.hits, self.support, self.predicted = hits, support, predicted

    @classmethod
    def of(cls, sample: Sample, grouping: Grouping) -> Cells:
        """Of a sample."""
        truth, predicted = sample.truth, sample.predicted
        sums = (grouping.sums(each) for each in (truth & predicted, truth, predicted))
        return cls(*(each.sum(axis=0) - each for each in sums))

    def figures(self, names: tuple[str, ...], *, several: bool) -> Iterator[tuple[str, Floats]]:
        """F1 of each label, and their means."""
        given = self.support + self.predicted
        with np.errstate(invalid="ignore", divide="ignore"):
            f1 = 2 * self.hits / given
            filled = np.where(given > 0, f1, 0.0)
            yield "macro_f1", filled.sum(axis=1) / (given > 0).sum(axis=1)
            yield "weighted_f1", (filled * self.support).sum(axis=1) / self.support.sum(axis=1)
            if several:
                yield "micro_f1", 2 * self.hits.sum(axis=1) / given.sum(axis=1)
        for place, name in enumerate(names):
            yield f"{name}.f1", f1[:, place]


def _areas(
    sample: Sample, grouping: Grouping, name: str, area: Callable[..., Floats]
) -> Iterator[tuple[str, Floats]]:
    found = [
        area(sample.truth[:, place], sample.p[:, place], grouping)
        for place in range(len(sample.names))
    ]
    yield from ((f"{label}.{name}", each) for label, each in zip(sample.names, found, strict=True))
    if sample.positive is not None:
        yield name, found[sample.positive]
    elif sample.multi_label:
        known = [each for each in found if not np.isnan(each).all()]
        yield name, np.mean(known, axis=0) if known else found[0]
    else:
        yield name, np.mean(found, axis=0)


def roc_auc(truth: Truth, p: Floats, grouping: Grouping) -> Floats:
    """``[groups]``: the ROC AUC without each; exact, ties count half."""
    won = _won(truth, p)
    own = np.zeros(grouping.count)
    if grouping.codes is not None:
        own = _won_within(truth, p, grouping)
    hits = grouping.sums(truth.astype(np.float64))
    misses = grouping.sums((~truth).astype(np.float64))
    total = float(won[truth].sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs = (hits.sum() - hits) * (misses.sum() - misses)
        return np.asarray((total - grouping.sums(won) + own) / pairs)


def _won(truth: Truth, p: Floats) -> Floats:
    """``[items]``: of one with the label, those without it below; of one without, those above."""
    with_it, without = np.sort(p[truth]), np.sort(p[~truth])
    below = np.searchsorted(without, p, "left") + np.searchsorted(without, p, "right")
    above = 2 * len(with_it) - np.searchsorted(with_it, p, "left")
    above = above - np.searchsorted(with_it, p, "right")
    return np.asarray(np.where(truth, below, above) / 2.0)


def _won_within(truth: Truth, p: Floats, grouping: Grouping) -> Floats:
    """``[groups]``: pairs within a group that are in the right order."""
    assert grouping.codes is not None
    order = np.lexsort((p, grouping.codes))
    codes, ranked, is_hit = grouping.codes[order], p[order], truth[order]
    new_group = np.append(True, codes[1:] != codes[:-1])
    new_tie = new_group | np.append(True, ranked[1:] != ranked[:-1])
    misses = np.cumsum(~is_hit)
    tie, group = np.cumsum(new_tie) - 1, np.cumsum(new_group) - 1
    before = np.asarray(misses - ~is_hit, dtype=np.int64)
    before_tie, before_group = before[new_tie][tie], before[new_group][group]
    ends = np.append(np.flatnonzero(new_tie)[1:] - 1, len(order) - 1)
    in_tie = misses[ends][tie] - before_tie
    won = is_hit * (before_tie - before_group + in_tie / 2.0)
    return np.asarray(np.bincount(codes, weights=won, minlength=grouping.count), dtype=np.float64)


def average_precision(truth: Truth, p: Floats, grouping: Grouping) -> Floats:
    """``[groups]``: average precision without each; NaN where nothing is left of the label."""
    if grouping.count * len(p) > _MOST_EXACT:
        return _precision_to_first_order(truth, p, grouping)
    ranking, found = Ranking(truth, p, grouping.codes), []
    for start in range(0, grouping.count, _AT_ONCE):
        out = np.arange(start, min(start + _AT_ONCE, grouping.count))
        weights = np.ones((len(out), grouping.count), dtype=np.uint16)
        weights[out - start, out] = 0
        found.append(ranking.areas(weights)[1])
    return np.concatenate(found)


def _precision_to_first_order(truth: Truth, p: Floats, grouping: Grouping) -> Floats:
    hits = int(truth.sum())
    if hits == 0:
        return np.full(grouping.count, np.nan)
    order = np.argsort(-p, kind="stable")
    ranked, is_hit = p[order], truth[order]
    ends = np.append(ranked[1:] != ranked[:-1], True)
    tie = np.cumsum(np.append(0, ends[:-1]))
    taken = (np.flatnonzero(ends) + 1)[tie].astype(np.float64)
    precision = np.cumsum(is_hit)[ends][tie] / taken
    value = float(precision[is_hit].mean())
    # What an item adds to the precision of each hit that ranks with it or below.
    one, other = (_below(is_hit * each, ends, tie) for each in (1 / taken, precision / taken))
    moved = (is_hit * (precision - value) + is_hit * one - other) / hits
    influence = np.empty(len(p))
    influence[order] = moved
    by_group = grouping.sums(influence)
    share = grouping.sums(truth.astype(np.float64)) / hits
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(value - by_group / (1 - share))


def _below(values: Floats, ends: NDArray[np.bool_], tie: NDArray[np.int64]) -> Floats:
    """Sums over the items that rank with each or below it."""
    sums = np.cumsum(values)
    before = np.append(0.0, sums[ends][:-1])[tie]
    return np.asarray(sums[-1] - before)
