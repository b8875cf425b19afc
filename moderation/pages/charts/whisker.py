"""Where an interval stands on a line as wide as a table's cell; the templates draw it."""

from __future__ import annotations

from schemas.metrics import Difference, Figure, Proportion

WHISKER_WIDTH = 160


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
