"""A share from night to night, with its intervals: one small chart a share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from moderation.pages.charts.inline import inline
from moderation.pages.charts.scale import FRAME
from schemas.figures import Proportion

_ENDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


def nights(runs: Sequence[str], shares: Sequence[Proportion | None], *, label: str) -> Markup:
    """A dot a night, joined, each with its interval.

    Args:
        runs: the nights' names, the earliest first.
        shares: one a night; None, or a share of nothing, leaves a gap.
        label: what it is a share of, for those who do not see it.
    """
    import pygal

    found = [
        (run, share if share is not None and share.value is not None else None)
        for run, share in zip(runs, shares, strict=True)
    ]
    known = [(run, share) for run, share in found if share]
    end = _end([share for _, share in known])
    chart = pygal.XY(
        **FRAME,
        range=(0, end),
        xrange=(-0.5, max(len(runs) - 0.5, 0.5)),
        y_labels=_percents(end),
        x_labels=[{"value": place, "label": str(place + 1)} for place in _marks(len(runs))],
        allow_interruptions=True,
        dots_size=3,
    )
    intervals = [_interval(place, share) for place, (_, share) in enumerate(found) if share]
    chart.add("intervals", [point for interval in intervals for point in interval])
    chart.add("shares", [_dot(place, run, share) for place, (run, share) in enumerate(found)])
    told = ", ".join(f"{run} {share.value:.1%}" for run, share in known[-12:])
    return inline(chart, told=f"{label}, night by night: {told or 'nothing'}", kind="nights")


def _end(shares: Sequence[Proportion]) -> float:
    most = max(
        (share.interval_95[1] if share.interval_95 else share.value or 0 for share in shares),
        default=1.0,
    )
    return next((end for end in _ENDS if most <= end), 1.0)


def _marks(number: int) -> range:
    return range(0, number, max(1, -(-number // 10)))


def _interval(place: int, share: Proportion) -> list[tuple[float | None, float | None]]:
    if share.interval_95 is None:
        return []
    low, high = share.interval_95
    return [(place, low), (place, high), (None, None)]


def _dot(place: int, run: str, share: Proportion | None) -> dict[str, Any]:
    if share is None:
        return {"value": (None, None)}
    return {"value": (place, share.value), "label": f"{run}: {share.value:.2%} of {share.of:,}"}


def _percents(end: float) -> list[dict[str, Any]]:
    return [{"value": end * n / 4, "label": f"{100 * end * n / 4:g}%"} for n in range(5)]
