"""Where an interval stands on a line as wide as a table's cell; the templates draw it."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.metrics import Difference, Figure, Proportion

WHISKER_WIDTH = 160
_ENDS = (0.02, 0.05, 0.1, 0.2, 0.5)


def whisker(
    figure: Figure | Proportion | Difference, reach: float | None = None, most: float = 1.0
) -> dict[str, float] | None:
    """Places of a figure and of its interval's ends; None where it has no interval.

    The line is from 0 to ``most``, or with ``reach`` from − to + of it.
    """
    value = figure.difference if isinstance(figure, Difference) else figure.value
    if value is None or figure.interval_95 is None:
        return None

    def place(number: float) -> float:
        part = number / most if reach is None else (number / reach + 1) / 2
        return round(WHISKER_WIDTH * min(max(part, 0.0), 1.0), 2)

    low, high = figure.interval_95
    return {"low": place(low), "value": place(value), "high": place(high)}


def end_of(figures: Iterable[Proportion]) -> float:
    """A round number up to which a line has room for all of them and their intervals."""
    most = max((each.interval_95[1] for each in figures if each.interval_95), default=1.0)
    return next((end for end in _ENDS if most <= end), 1.0)
