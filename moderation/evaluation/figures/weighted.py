"""The figures of redrawn items: everything is sorted once, then only weights change.

A replicate of the bootstrap is a weight for each item. What a figure needs of the items, such as
their order by score, does not depend on the weights, so a replicate costs a few sums over
arrays. Weights of 1 give the figures that scikit-learn gives; tests hold both together, and
weights of any size against scikit-learn's ``sample_weight``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.evaluation.figures.resample import Weights
from moderation.evaluation.figures.sample import Sample

Floats = NDArray[np.float64]
BINS = 10


def bin_of(p: Floats) -> NDArray[np.int64]:
    """The place of the bin ``(low, high]`` that each probability lies in; 0 lies in the first."""
    edges = np.linspace(0.0, 1.0, BINS + 1)
    return np.asarray(np.searchsorted(edges[1:-1], p), dtype=np.int64)


def row_log_loss(sample: Sample) -> Floats:
    """``[items]``: minus the logarithm of the probability of what is so, as scikit-learn clips."""
    eps = np.finfo(np.float64).eps
    p = np.clip(sample.p, eps, 1.0 - eps)
    if sample.multi_label:
        return np.asarray(-np.log(np.where(sample.truth, p, 1.0 - p)).mean(axis=1))
    return np.asarray(-np.log(p[sample.truth]))


def row_brier(sample: Sample) -> Floats:
    """``[items]``: squared error, summed as ``Figures.brier`` says."""
    squares = (sample.p - sample.truth) ** 2
    if sample.multi_label:
        return np.asarray(squares.mean(axis=1))
    positive = sample.positive
    return squares.sum(axis=1) if positive is None else squares[:, positive]


def calibration_rows(sample: Sample) -> tuple[Floats, NDArray[np.bool_]]:
    """What calibration compares: probabilities, and whether it was so."""
    if sample.multi_label:
        return sample.p.ravel(), sample.truth.ravel()
    if sample.positive is not None:
        return sample.p[:, sample.positive], sample.truth[:, sample.positive]
    return sample.p.max(axis=1), sample.right


def row_f1(sample: Sample) -> Floats:
    """``[items]``: F1 over the labels of an item; 1 where it has none and is given none."""
    hits = (sample.truth & sample.predicted).sum(axis=1)
    both = sample.truth.sum(axis=1) + sample.predicted.sum(axis=1)
    return np.where(both > 0, 2.0 * hits / np.maximum(both, 1), 1.0)


class Ranking:
    """One label's items in the order of its probability, ties together."""

    def __init__(self, truth: NDArray[np.bool_], p: Floats) -> None:
        self._order = np.argsort(-p, kind="stable")
        ranked = p[self._order]
        self._is_hit = truth[self._order]
        ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
        self._ends = None if len(ends) == len(ranked) else ends

    def areas(self, weights: Weights) -> tuple[Floats, Floats]:
        """ROC AUC and average precision of each replicate; NaN where a side is empty."""
        drawn = np.take(weights, self._order, axis=1)
        above = self._running(drawn)
        hits = self._running(drawn * self._is_hit)
        more_hits = np.diff(hits, axis=1, prepend=0)
        more_misses = np.diff(above, axis=1, prepend=0) - more_hits
        all_hits = hits[:, -1].astype(np.float64)
        all_misses = above[:, -1] - all_hits
        with np.errstate(invalid="ignore", divide="ignore"):
            twice = _dot(more_misses, 2.0 * hits - more_hits)
            roc_auc = twice / (2.0 * all_hits * all_misses)
            pr_auc = _dot(more_hits, hits / np.maximum(above, 1)) / all_hits
        return roc_auc, pr_auc

    def _running(self, drawn: Weights) -> NDArray[np.int32]:
        """Sums from the top, at the end of every tie."""
        sums: NDArray[np.int32] = np.cumsum(drawn, axis=1, dtype=np.int32)
        return sums if self._ends is None else np.take(sums, self._ends, axis=1)


class Grouped:
    """Sums of weights by group."""

    def __init__(self, group: NDArray[np.int64], groups: int) -> None:
        self._groups = groups
        self._order = np.argsort(group, kind="stable")
        counts = np.bincount(group, minlength=groups)
        self._filled = np.flatnonzero(counts)
        self._starts = (np.cumsum(counts) - counts)[self._filled]

    def sums(self, weights: NDArray[Any]) -> Floats:
        """``[replicates, groups]``."""
        sums = np.zeros((len(weights), self._groups))
        sums[:, self._filled] = np.add.reduceat(
            np.take(weights, self._order, axis=1), self._starts, axis=1, dtype=np.float64
        )
        return sums


class WeightedFigures:
    """All figures of a sample that intervals are bootstrapped for, by name."""

    def __init__(self, sample: Sample) -> None:
        self._sample = sample
        self._rankings = [
            Ranking(sample.truth[:, place], sample.p[:, place])
            for place in range(len(sample.names))
        ]
        truth, predicted = sample.truth, sample.predicted
        self._cells = [
            Grouped(2 * truth[:, k] + predicted[:, k].astype(np.int64), 4)
            for k in range(len(sample.names))
        ]
        self._log_loss = row_log_loss(sample)
        self._brier = row_brier(sample)
        self._row_f1 = row_f1(sample)
        self._wrong = (truth != predicted).mean(axis=1)
        p, so = calibration_rows(sample)
        self._bins = Grouped(bin_of(p), BINS)
        self._gaps = so - p

    def __call__(self, weights: Weights) -> dict[str, Floats]:
        """``[replicates]`` each; of single labels under ``LABEL.f1`` and so on."""
        figures = self._f1s(weights)
        figures.update(self._areas(weights))
        figures["log_loss"] = _mean(weights, self._log_loss)
        figures["brier"] = _mean(weights, self._brier)
        figures["ece"] = self._ece(weights)
        figures["accuracy"] = _mean(weights, self._sample.right)
        if self._sample.multi_label:
            figures["samples_f1"] = _mean(weights, self._row_f1)
            figures["hamming_loss"] = _mean(weights, self._wrong)
        return figures

    def _f1s(self, weights: Weights) -> dict[str, Floats]:
        f1s, supports = [], []
        all_hits, all_wrong = np.zeros(len(weights)), np.zeros(len(weights))
        for cells in self._cells:
            sums = cells.sums(weights)
            wrong, hits = sums[:, 1] + sums[:, 2], sums[:, 3]
            with np.errstate(invalid="ignore", divide="ignore"):
                f1s.append(2 * hits / (2 * hits + wrong))
            supports.append(sums[:, 2] + hits)
            all_hits, all_wrong = all_hits + hits, all_wrong + wrong
        f1, support = np.stack(f1s, axis=1), np.stack(supports, axis=1)
        occurs = ~np.isnan(f1)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = {
                "macro_f1": np.where(occurs, f1, 0.0).sum(axis=1) / occurs.sum(axis=1),
                "weighted_f1": (np.where(occurs, f1, 0.0) * support).sum(axis=1)
                / support.sum(axis=1),
            }
            if self._sample.multi_label:
                means["micro_f1"] = 2 * all_hits / (2 * all_hits + all_wrong)
        return means | {f"{n}.f1": f1[:, k] for k, n in enumerate(self._sample.names)}

    def _areas(self, weights: Weights) -> dict[str, Floats]:
        figures, both = {}, []
        for name, ranking in zip(self._sample.names, self._rankings, strict=True):
            areas = ranking.areas(weights)
            figures[f"{name}.roc_auc"], figures[f"{name}.pr_auc"] = areas
            both.append(areas)
        positive = self._sample.positive
        of = both if positive is None else [both[positive]]
        mean = _mean_of_defined if self._sample.multi_label else np.mean
        figures["roc_auc"] = mean([roc for roc, _ in of], axis=0)
        figures["pr_auc"] = mean([pr for _, pr in of], axis=0)
        return figures

    def _ece(self, weights: Weights) -> Floats:
        repeat = len(self._gaps) // weights.shape[1]
        drawn = np.repeat(weights, repeat, axis=1) if repeat > 1 else weights
        gaps = np.abs(self._bins.sums(drawn * self._gaps)).sum(axis=1)
        return np.asarray(gaps / drawn.sum(axis=1, dtype=np.float64))


def _dot(one: NDArray[Any], other: NDArray[Any]) -> Floats:
    """``[replicates]``: sums of products."""
    return np.asarray(np.einsum("ij,ij->i", one.astype(np.float64), other))


def _mean_of_defined(values: Sequence[Floats], axis: int) -> Floats:
    there = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(there, values, 0.0).sum(axis=axis) / there.sum(axis=axis))


def _mean(weights: Weights, values: NDArray[Any]) -> Floats:
    """``[replicates]``: weighted means of ``[items]``."""
    sums = np.multiply(weights, values, dtype=np.float64).sum(axis=1)
    return np.asarray(sums / weights.sum(axis=1, dtype=np.float64))
