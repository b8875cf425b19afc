"""What is drawn: ROC, precision over recall, the sweep of thresholds, reliability, histogram."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.evaluation.figures.groups import Grouping, effective
from moderation.evaluation.figures.intervals import figure, proportion
from moderation.evaluation.figures.left_out import ratio
from moderation.evaluation.figures.sample import Sample
from moderation.evaluation.figures.weighted import BINS, bin_of, calibration_rows
from schemas.metrics import LabelCurves, ReliabilityBin, ThresholdPoint

THRESHOLDS = np.round(np.linspace(0.0, 1.0, 101), 2)
_HISTOGRAM_BINS = 20
_CURVE_POINTS = 200

Truth = NDArray[np.bool_]
Floats = NDArray[np.float64]


def label_curves(sample: Sample, place: int) -> LabelCurves:
    """Everything drawn of one label against the rest."""
    truth, p, grouping = sample.truth[:, place], sample.p[:, place], Grouping.of(sample)
    return LabelCurves(
        label=sample.names[place],
        roc=_roc(truth, p),
        pr=_pr(truth, p),
        thresholds=sweep(truth, p, grouping),
        reliability=reliability(p, truth, grouping),
        histogram=_histogram(truth, p),
    )


def task_reliability(sample: Sample) -> list[ReliabilityBin]:
    """The bins behind the task's ``ece``."""
    p, so = calibration_rows(sample)
    codes, repeat = sample.groups, len(p) // len(sample)
    if repeat > 1:  # labels of one item hang together as copies do
        codes = np.repeat(np.arange(len(sample)) if codes is None else codes, repeat)
    groups = len(sample) if codes is None else int(codes.max()) + 1
    return reliability(p, so, Grouping(codes, groups))


def reliability(p: Floats, so: Truth, grouping: Grouping) -> list[ReliabilityBin]:
    """How often it was so, by what the model said; ten equally wide bins."""
    bins = bin_of(p)
    items = np.bincount(bins, minlength=BINS)
    sums = np.bincount(bins, weights=p, minlength=BINS)
    return [
        ReliabilityBin(
            low=round(place / BINS, 10),
            high=round((place + 1) / BINS, 10),
            items=int(items[place]),
            mean_p=float(sums[place] / items[place]) if items[place] else None,
            rate=proportion(so & (bins == place), bins == place, grouping),
        )
        for place in range(BINS)
    ]


def sweep(truth: Truth, p: Floats, grouping: Grouping) -> list[ThresholdPoint]:
    """Precision, recall and F1 at every hundredth."""
    having = grouping.sums(truth)
    return [_point(float(at), truth, p >= at, having, grouping) for at in THRESHOLDS]


def _point(
    threshold: float, truth: Truth, flagged: Truth, having: Floats, grouping: Grouping
) -> ThresholdPoint:
    hits = truth & flagged
    twice, both = 2.0 * grouping.sums(hits), having + grouping.sums(flagged)
    whole = both.sum()
    return ThresholdPoint(
        threshold=threshold,
        flagged=int(flagged.sum()),
        precision=proportion(hits, flagged, grouping),
        recall=proportion(hits, truth, grouping),
        f1=figure(
            twice.sum() / whole if whole else np.nan,
            ratio(twice, both),
            groups=effective(both),
            within=1.0,
        ),
    )


def _roc(truth: Truth, p: Floats) -> list[tuple[float, float]]:
    from sklearn.metrics import roc_curve

    if not 0 < truth.sum() < len(truth):
        return []
    false, true, _ = roc_curve(truth, p)
    return _thinned(false, true)


def _pr(truth: Truth, p: Floats) -> list[tuple[float, float]]:
    from sklearn.metrics import precision_recall_curve

    if not truth.any():
        return []
    precision, recall, _ = precision_recall_curve(truth, p)
    return _thinned(recall[::-1], precision[::-1])


def _thinned(x: Floats, y: Floats) -> list[tuple[float, float]]:
    """Points spread evenly along the curve's way, the first and the last among them."""
    if len(x) > _CURVE_POINTS:
        way = np.cumsum(np.abs(np.diff(x, prepend=x[0])) + np.abs(np.diff(y, prepend=y[0])))
        wanted = np.linspace(0.0, way[-1], _CURVE_POINTS)
        places = np.unique(np.append(np.searchsorted(way, wanted[:-1]), [0, len(x) - 1]))
        x, y = x[places], y[places]
    return [(float(a), float(b)) for a, b in zip(x, y, strict=True)]


def _histogram(truth: Truth, p: Floats) -> list[tuple[int, int]]:
    edges = np.linspace(0.0, 1.0, _HISTOGRAM_BINS + 1)
    without, having = (np.histogram(p[of], edges)[0] for of in (~truth, truth))
    return [(int(a), int(b)) for a, b in zip(without, having, strict=True)]
