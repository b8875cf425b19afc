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

from moderation.evaluation.figures.groups import Grouping
from moderation.evaluation.figures.resample import Weights
from moderation.evaluation.figures.sample import Sample

Floats = NDArray[np.float64]
BINS = 10
_AT_ONCE = 1 << 18
"""Drawn items of a ranking in memory: what a processor's cache holds."""


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

    def __init__(
        self, truth: NDArray[np.bool_], p: Floats, codes: NDArray[np.int64] | None = None
    ) -> None:
        order = np.argsort(-p, kind="stable")
        ranked = p[order]
        self._drawn_by = order if codes is None else codes[order]
        self._is_hit = truth[order]
        ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
        self._ends = None if len(ends) == len(ranked) else ends

    def areas(self, weights: Weights) -> tuple[Floats, Floats]:
        """ROC AUC and average precision of each replicate; NaN where a side is empty."""
        at_once = max(1, _AT_ONCE // len(self._is_hit))
        parts = [
            self._areas(weights[start : start + at_once])
            for start in range(0, len(weights), at_once)
        ]
        roc_auc, pr_auc = (np.concatenate(each) for each in zip(*parts, strict=True))
        return roc_auc, pr_auc

    def _areas(self, weights: Weights) -> tuple[Floats, Floats]:
        drawn = np.take(weights, self._drawn_by, axis=1)
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


class WeightedFigures:
    """All figures of a sample by name, for weights of its items or of their groups.

    Whatever is a ratio of sums is one product of matrices: weights times the groups' own sums.
    """

    def __init__(self, sample: Sample, grouping: Grouping | None = None) -> None:
        """``grouping``: weights are of its groups; None: of the items."""
        self._sample = sample
        grouping = grouping or Grouping(None, len(sample))
        self._rankings = [
            Ranking(sample.truth[:, place], sample.p[:, place], grouping.codes)
            for place in range(len(sample.names))
        ]
        columns = _columns(sample)
        self._places = dict(
            zip(columns, np.cumsum([0, *map(_wide, columns.values())]), strict=False)
        )
        self._wide = {name: _wide(column) for name, column in columns.items()}
        self._sums = np.concatenate(
            [grouping.sums(column).reshape(grouping.count, -1) for column in columns.values()],
            axis=1,
        )

    def __call__(self, weights: Weights) -> dict[str, Floats]:
        """``[replicates]`` each; of single labels under ``LABEL.f1`` and so on."""
        found = weights.astype(np.float64) @ self._sums
        sums = {
            name: found[:, place : place + self._wide[name]] for name, place in self._places.items()
        }
        size = sums["size"][:, 0]
        figures = self._f1s(sums)
        figures.update(self._areas(weights))
        figures |= {name: sums[name][:, 0] / size for name in _MEANS if name in sums}
        repeat = len(self._sample.names) if self._sample.multi_label else 1
        figures["ece"] = np.abs(sums["gaps"]).sum(axis=1) / (repeat * size)
        return figures

    def _f1s(self, sums: dict[str, Floats]) -> dict[str, Floats]:
        hits, support = sums["hits"], sums["support"]
        given = support + sums["predicted"]
        with np.errstate(invalid="ignore", divide="ignore"):
            f1 = 2 * hits / given
            filled = np.where(given > 0, f1, 0.0)
            means = {
                "macro_f1": filled.sum(axis=1) / (given > 0).sum(axis=1),
                "weighted_f1": (filled * support).sum(axis=1) / support.sum(axis=1),
            }
            if self._sample.multi_label:
                means["micro_f1"] = 2 * hits.sum(axis=1) / given.sum(axis=1)
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


_MEANS = ("log_loss", "brier", "accuracy", "samples_f1", "hamming_loss")


def _columns(sample: Sample) -> dict[str, NDArray[Any]]:
    """What is summed by group: ``[items]`` or ``[items, labels]``."""
    truth, predicted = sample.truth, sample.predicted
    p, so = calibration_rows(sample)
    gaps = np.zeros((len(p), BINS))
    gaps[np.arange(len(p)), bin_of(p)] = so - p
    columns: dict[str, NDArray[Any]] = {
        "size": np.ones(len(sample)),
        "hits": truth & predicted,
        "support": truth,
        "predicted": predicted,
        "log_loss": row_log_loss(sample),
        "brier": row_brier(sample),
        "accuracy": sample.right,
        "gaps": gaps.reshape(len(sample), -1, BINS).sum(axis=1),
    }
    if sample.multi_label:
        columns["samples_f1"] = row_f1(sample)
        columns["hamming_loss"] = (truth != predicted).mean(axis=1)
    return columns


def _wide(column: NDArray[Any]) -> int:
    return column.shape[1] if column.ndim == 2 else 1


def _dot(one: NDArray[Any], other: NDArray[Any]) -> Floats:
    """``[replicates]``: sums of products."""
    return np.asarray(np.einsum("ij,ij->i", one.astype(np.float64), other))


def _mean_of_defined(values: Sequence[Floats], axis: int) -> Floats:
    there = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(there, values, 0.0).sum(axis=axis) / there.sum(axis=axis))
