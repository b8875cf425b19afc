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
    threshold: float | None = None,
    band: tuple[float, float] | None = None,
) -> Markup:
    """A histogram over 0 to 1.

    Args:
        counts: rows in bins of equal width.
        label: whose score it is.
        threshold: where its flag begins; None: no flag is about it.
        band: between which scores people decide.

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
    chart.add("band", [_box(top, *band)] if band else [])
    chart.add("rows", _bars(counts, heights))
    line = None if threshold is None else (threshold - _HAIR, threshold + _HAIR)
    chart.add("threshold", [_box(top, *line)] if line else [])
    return inline(chart, told=_told(counts, label, threshold, band), kind="scores")


def is_steep(counts: Sequence[int]) -> bool:
    """Whether most bars would be lost beside the highest."""
    filled = sorted(rows for rows in counts if rows)
    return bool(filled) and filled[-1] > _STEEP * filled[len(filled) // 2]


def _box(top: float, low: float, high: float) -> tuple[float, float, float]:
    return (top, max(low, 0.0), min(high, 1.0))


def _bars(counts: Sequence[int], heights: Sequence[float]) -> list[dict[str, Any]]:
    bins = len(counts)
    return [
        {
            "value": (height, (place + 0.04) / bins, (place + 0.96) / bins),
            "label": f"{place / bins:.2f} to {(place + 1) / bins:.2f}: {rows:,} rows",
        }
        for place, (rows, height) in enumerate(zip(counts, heights, strict=True))
        if rows
    ]


def _told(
    counts: Sequence[int],
    label: str,
    threshold: float | None,
    band: tuple[float, float] | None,
) -> str:
    parts = [f"Scores of {label}: {sum(counts):,} rows"]
    if any(counts):
        bins, fullest = len(counts), max(range(len(counts)), key=lambda place: counts[place])
        parts[0] += f", most of them from {fullest / bins:.2f} to {(fullest + 1) / bins:.2f}"
    if threshold is not None:
        parts.append(f"flagged from {threshold:.2f} on")
    if band is not None:
        parts.append(f"people decide from {band[0]:.2f} to {band[1]:.2f}")
    return "; ".join(parts)
