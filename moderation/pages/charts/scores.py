"""Rows by score, with the threshold and the band around it where people decide drawn in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from moderation.pages.charts.inline import inline
from moderation.pages.charts.scale import FRAME, logarithmic_ticks, ticks

_HAIR = 0.0022
"""Half of a line's width, of a score."""
_STEEP = 40
"""From where on the highest bar, beside the middle one, would leave nothing to be seen of it."""


def scores(
    counts: Sequence[int],
    *,
    label: str,
    of: str = "rows",
    thresholds: Sequence[float] = (),
    bands: Sequence[tuple[float, float]] = (),
) -> Markup:
    """A histogram over 0 to 1.

    Args:
        counts: in bins of equal width.
        label: whose score it is.
        of: what is counted.
        thresholds: where its flags begin.
        bands: between which scores people decide.

    The heights are logarithms where rows differ too much; the axis says so.
    """
    import pygal

    steep = is_steep(counts)
    heights = [math.log10(1 + rows) if steep else float(rows) for rows in counts]
    top = max(heights, default=0) * 1.06 or 1.0
    chart = pygal.Histogram(
        **FRAME,
        y_labels=(logarithmic_ticks if steep else ticks)(max(counts, default=0)),
        x_labels=[0, 0.2, 0.4, 0.6, 0.8, 1],
        range=(0, top),
        xrange=(0, 1),
    )
    chart.add("bands", [_box(top, *band) for band in bands if band[0] < band[1]])
    chart.add("counts", _bars(counts, heights, of))
    chart.add("thresholds", [_box(top, each - _HAIR, each + _HAIR) for each in thresholds])
    told = [_told(counts, label, of)]
    told += [f"flagged from {each:.2f} on" for each in thresholds]
    told += [f"people decide from {low:.2f} to {high:.2f}" for low, high in bands if low < high]
    return inline(chart, told="; ".join(told), kind="scores")


def coarser(counts: Sequence[int], bins: int) -> list[int]:
    """The same in fewer bins of equal width; as it is where that cannot be."""
    width, rest = divmod(len(counts), bins)
    if rest or width < 2:
        return list(counts)
    return [sum(counts[at : at + width]) for at in range(0, len(counts), width)]


def is_steep(counts: Sequence[int]) -> bool:
    """Whether most bars would be lost beside the highest."""
    filled = sorted(rows for rows in counts if rows)
    return bool(filled) and filled[-1] > _STEEP * filled[len(filled) // 2]


def _box(top: float, low: float, high: float) -> tuple[float, float, float]:
    return (top, max(low, 0.0), min(high, 1.0))


def _bars(counts: Sequence[int], heights: Sequence[float], of: str) -> list[dict[str, Any]]:
    bins = len(counts)
    return [
        {
            "value": (height, (place + 0.04) / bins, (place + 0.96) / bins),
            "label": f"{_place(place / bins)} to {_place((place + 1) / bins)}: {count:,} {of}",
        }
        for place, (count, height) in enumerate(zip(counts, heights, strict=True))
        if count
    ]


def _told(counts: Sequence[int], label: str, of: str) -> str:
    told = f"Scores of {label}: {sum(counts):,} {of}"
    if not any(counts):
        return told
    bins, fullest = len(counts), max(range(len(counts)), key=lambda place: counts[place])
    return f"{told}, most from {_place(fullest / bins)} to {_place((fullest + 1) / bins)}"


def _place(p: float) -> str:
    return f"{p:.3f}".removesuffix("0")
