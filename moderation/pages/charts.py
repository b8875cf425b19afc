"""Where the parts of a page's small charts stand; the templates draw them as inline SVG."""

from __future__ import annotations

from typing import Any

from schemas.audit import Histogram
from schemas.metrics import Difference, Figure, Proportion

BARS_HEIGHT = 64
WHISKER_WIDTH = 160


def bars(histogram: Histogram) -> list[dict[str, Any]]:
    """A bar a bin, from left to right: its place, its height out of ``BARS_HEIGHT``, what it tells.

    Bins are of equal width and fill 0 to 1.
    """
    bins, top = len(histogram.counts), max(histogram.counts) or 1
    return [
        {
            "place": place,
            "height": round(BARS_HEIGHT * rows / top, 2),
            "top": BARS_HEIGHT - round(BARS_HEIGHT * rows / top, 2),
            "tip": f"{place / bins:.2f}–{(place + 1) / bins:.2f}: {rows:,} rows",
        }
        for place, rows in enumerate(histogram.counts)
    ]


def whisker(
    figure: Figure | Proportion | Difference, reach: float | None = None
) -> dict[str, float] | None:
    """Places of a figure and its interval's ends on a line; with ``reach`` from − to + of it."""
    value = figure.difference if isinstance(figure, Difference) else figure.value
    if value is None or figure.interval_95 is None:
        return None

    def place(number: float) -> float:
        part = number if reach is None else (number / reach + 1) / 2
        return round(WHISKER_WIDTH * min(max(part, 0.0), 1.0), 2)

    low, high = figure.interval_95
    return {"low": place(low), "value": place(value), "high": place(high)}
