"""Plots of one task as SVG, each drawn from ``TaskMetrics`` alone. No text is read as markup."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from moderation.evaluation.page.style import (
    AMBER,
    BLUE,
    COLOURS,
    DIM,
    INK,
    cut,
    each_label,
    one,
    told,
    unit,
)
from schemas.metrics import LabelCurves, TaskMetrics

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plots_of(task: TaskMetrics) -> dict[str, bytes]:
    """SVG by the plot's name; a plot that has nothing to show is left out.

    One a label is called ``NAME.1`` and so on, or ``NAME`` where there is but one label.
    """
    drawn = {name: svg for name, draw in _PLOTS.items() if (svg := draw(task)) is not None}
    for name, draw_each in _PLOTS_OF_LABELS.items():
        found = draw_each(task)
        names = [name] if len(found) == 1 else [f"{name}.{n + 1}" for n in range(len(found))]
        drawn |= dict(zip(names, found, strict=True))
    return drawn


def roc(task: TaskMetrics) -> bytes | None:
    """True over false positive rate, a line a label; with two labels the positive one's."""
    curves = [curve for curve in _shown(task) if curve.roc]
    if not curves:
        return None
    areas = {each.label: each.roc_auc.value for each in task.overall.labels}

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=DIM, linewidth=0.8, linestyle=":")
        for colour, curve in zip(COLOURS, curves, strict=False):
            x, y = zip(*curve.roc, strict=True)
            axes.plot(x, y, color=colour, label=told(curve.label, areas[curve.label]))
        axes.set(xlabel="false positive rate", ylabel="true positive rate", title="ROC")
        unit(axes)
        axes.legend(loc="lower right")

    return one(draw)


def precision_recall(task: TaskMetrics) -> bytes | None:
    """Precision over recall; dotted: what giving the label to everything would reach."""
    curves = [curve for curve in _shown(task) if curve.pr]
    if not curves:
        return None
    figures = {each.label: each for each in task.overall.labels}

    def draw(axes: Axes) -> None:
        for colour, curve in zip(COLOURS, curves, strict=False):
            found = figures[curve.label]
            x, y = zip(*curve.pr, strict=True)
            axes.step(x, y, color=colour, label=told(curve.label, found.pr_auc.value), where="pre")
            axes.axhline(
                found.support / task.overall.items, color=colour, linewidth=0.8, linestyle=":"
            )
        axes.set(xlabel="recall", ylabel="precision", title="Precision over recall")
        unit(axes)
        axes.legend(loc="best")

    return one(draw)


def reliability(task: TaskMetrics) -> bytes | None:
    """How often it was so over what the model said, with Wilson's intervals."""
    bins = [
        (each.mean_p, each.rate.value, each.rate.interval_95 or (0.0, 0.0), each.items)
        for each in task.reliability
        if each.mean_p is not None and each.rate.value is not None
    ]

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=DIM, linewidth=0.8, linestyle=":")
        most = max((items for *_, items in bins), default=1)
        for mean_p, rate, interval, items in bins:
            axes.plot([mean_p, mean_p], interval, color=BLUE, linewidth=1.2)
            axes.scatter(
                [mean_p], [rate], s=10 + 70 * items / most, color=BLUE, zorder=3, clip_on=False
            )
        what = f"probability of {cut(task.positive)}" if task.positive else "probability"
        axes.set(xlabel=what, ylabel="how often it was so", title="Reliability")
        unit(axes)

    return one(draw)


def confusion(task: TaskMetrics) -> bytes | None:
    """Items by truth and prediction, each row shaded by its shares."""
    cells = task.overall.confusion
    if cells is None or len(task.labels) > 20:
        return None
    shares = [[items / max(1, sum(row)) for items in row] for row in cells]
    names = [cut(label, 16) for label in task.labels]

    def draw(axes: Axes) -> None:
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for y, row in enumerate(cells):
            for x, items in enumerate(row):
                colour = "white" if shares[y][x] > 0.55 else INK
                told = f"{items:,}\n{shares[y][x]:.0%}"
                axes.text(x, y, told, ha="center", va="center", color=colour, fontsize=8)
        axes.set_xticks(range(len(names)), names, rotation=20 if len(names) > 2 else 0)
        axes.set_yticks(range(len(names)), names)
        axes.set(xlabel="predicted", ylabel="truth", title="Confusion")
        axes.grid(visible=False)

    return one(draw)


def threshold_sweep(task: TaskMetrics) -> list[bytes]:
    """Precision, recall and F1 of each label over its threshold, with their intervals."""

    def draw(axes: Axes, curve: LabelCurves) -> None:
        x = [point.threshold for point in curve.thresholds]
        for name, colour in (("precision", BLUE), ("recall", AMBER), ("f1", INK)):
            found = [getattr(point, name) for point in curve.thresholds]
            y = [math.nan if each.value is None else each.value for each in found]
            ends = [each.interval_95 or (math.nan, math.nan) for each in found]
            axes.plot(x, y, color=colour, label="F1" if name == "f1" else name)
            axes.fill_between(
                x, [e[0] for e in ends], [e[1] for e in ends], color=colour, alpha=0.13, linewidth=0
            )
        axes.set(xlabel="threshold", title=f"Threshold for {cut(curve.label)}")
        unit(axes)
        axes.legend(loc="lower center", ncols=3)

    return each_label(_shown(task), draw)


def histogram(task: TaskMetrics) -> list[bytes]:
    """Items by the label's probability: those that have the label, and those that do not."""

    def draw(axes: Axes, curve: LabelCurves) -> None:
        bins = len(curve.histogram)
        left = [place / bins for place in range(bins)]
        sides = ((DIM, "without the label"), (BLUE, "with it"))
        for place, (colour, name) in enumerate(sides):
            items = [each[place] for each in curve.histogram]
            axes.bar(left, items, width=1 / bins, align="edge", color=colour, alpha=0.6, label=name)
        title = f"Probability of {cut(curve.label)}"
        axes.set(xlabel="probability", ylabel="items", title=title, xlim=(0, 1))
        axes.legend(loc="upper center")

    return each_label(_shown(task), draw)


_PLOTS: dict[str, Callable[[TaskMetrics], bytes | None]] = {
    "confusion": confusion,
    "roc": roc,
    "precision_recall": precision_recall,
    "reliability": reliability,
}
_PLOTS_OF_LABELS: dict[str, Callable[[TaskMetrics], list[bytes]]] = {
    "threshold_sweep": threshold_sweep,
    "histogram": histogram,
}


def _shown(task: TaskMetrics) -> list[LabelCurves]:
    """With two labels the positive one says it all; of many the first."""
    found = [c for c in task.curves if task.positive is None or c.label == task.positive]
    return found[: len(COLOURS)]
