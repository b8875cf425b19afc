"""What is drawn: ROC, precision over recall, the sweep of thresholds, reliability, histogram."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.evaluation.figures.intervals import figure, proportion
from moderation.evaluation.figures.sample import Sample
from moderation.evaluation.figures.weighted import BINS, bin_of, calibration_rows
from schemas.metrics import LabelCurves, ReliabilityBin, ThresholdPoint

THRESHOLDS = np.round(np.linspace(0.0, 1.0, 101), 2)
_HISTOGRAM_BINS = 20
_CURVE_POINTS = 200

Truth = NDArray[np.bool_]
Floats = NDArray[np.float64]


def label_curves(sample: Sample, place: int, *, replicates: int, seed: int) -> LabelCurves:
    """Everything drawn of one label against the rest."""
    truth, p = sample.truth[:, place], sample.p[:, place]
    return LabelCurves(
        label=sample.names[place],
        roc=_roc(truth, p),
        pr=_pr(truth, p),
        thresholds=sweep(truth, p, replicates=replicates, seed=seed),
        reliability=reliability(p, truth),
        histogram=_histogram(truth, p),
    )


def task_reliability(sample: Sample) -> list[ReliabilityBin]:
    """The bins behind the task's ``ece``."""
    return reliability(*calibration_rows(sample))


def reliability(p: Floats, so: Truth) -> list[ReliabilityBin]:
    """How often it was so, by what the model said; ten equally wide bins."""
    bins = bin_of(p)
    items = np.bincount(bins, minlength=BINS)
    hits = np.bincount(bins, weights=so, minlength=BINS).astype(np.int64)
    sums = np.bincount(bins, weights=p, minlength=BINS)
    return [
        ReliabilityBin(
            low=round(place / BINS, 10),
            high=round((place + 1) / BINS, 10),
            items=int(items[place]),
            mean_p=float(sums[place] / items[place]) if items[place] else None,
            rate=proportion(hits[place], items[place]),
        )
        for place in range(BINS)
    ]


def sweep(truth: Truth, p: Floats, *, replicates: int, seed: int) -> list[ThresholdPoint]:
    """Precision, recall and F1 at every hundredth.

    The bootstrap of F1 draws the four cells of each threshold's table: redrawing items changes
    nothing else.
    """
    support = int(truth.sum())
    flagged = len(p) - np.searchsorted(np.sort(p), THRESHOLDS, side="left")
    hits = support - np.searchsorted(np.sort(p[truth]), THRESHOLDS, side="left")
    cells = np.stack(
        [hits, flagged - hits, support - hits, len(p) - support - flagged + hits], axis=1
    )
    drawn = np.random.default_rng(seed).multinomial(
        len(p), cells / len(p), size=(replicates, len(THRESHOLDS))
    )
    f1s = _f1(drawn[..., 0], drawn[..., 1], drawn[..., 2])
    values = _f1(cells[:, 0], cells[:, 1], cells[:, 2])
    return [
        ThresholdPoint(
            threshold=float(threshold),
            flagged=int(flagged[place]),
            precision=proportion(hits[place], flagged[place]),
            recall=proportion(hits[place], support),
            f1=figure(values[place], f1s[:, place]),
        )
        for place, threshold in enumerate(THRESHOLDS)
    ]


def _f1(hits: NDArray[Any], false: NDArray[Any], missed: NDArray[Any]) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(2 * hits / (2 * hits + false + missed))


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
