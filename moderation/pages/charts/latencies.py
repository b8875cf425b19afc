"""How long things took: counts by upper bounds in milliseconds, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from moderation.pages.charts.inline import inline
from moderation.pages.charts.scale import FRAME, ticks


@dataclass(frozen=True, slots=True)
class Latency:
    """One histogram of times. ``counts`` has one more than ``bounds_ms``, for what is longer."""

    title: str
    one: str
    """What is counted, as in ``fetch``."""
    many: str
    counts: Sequence[int]
    bounds_ms: Sequence[int]

    @property
    def told(self) -> str:
        """How many there were, and how long most took."""
        number = sum(self.counts)
        counted = f"{number:,} {self.one if number == 1 else self.many}"
        return f"{counted}; half within {self.half}, 95 of 100 within {self.most}"

    @property
    def drawn(self) -> bool:
        """Whether a chart says more than that."""
        return sum(map(bool, self.counts)) > 2

    @property
    def half(self) -> str:
        """Within what half of them were, as far as the bounds tell."""
        return self._within(0.5)

    @property
    def most(self) -> str:
        """Within what 95 of 100 were."""
        return self._within(0.95)

    def _within(self, share: float) -> str:
        due, seen = share * sum(self.counts), 0
        for bound, count in zip(self.bounds_ms, self.counts, strict=False):
            seen += count
            if seen >= due:
                return spelled(bound)
        return f"more than {spelled(self.bounds_ms[-1])}"


def spelled(milliseconds: int) -> str:
    """As ``20 ms`` or ``5 s``."""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    return f"{milliseconds / 1000:g} s"


def latencies(counts: Sequence[int], bounds_ms: Sequence[int], *, label: str) -> Markup:
    """A bar a bucket, from the first that holds anything to the last."""
    import pygal

    filled = [place for place, count in enumerate(counts) if count]
    shown = range(filled[0], filled[-1] + 1) if filled else range(0)
    names = [*map(_mark, bounds_ms), "more"]
    most = max(counts, default=0)
    chart = pygal.Bar(
        **FRAME,
        x_labels=[names[place] for place in shown],
        y_labels=ticks(most),
        range=(0, most * 1.06 or 1),
    )
    chart.add("count", [_bar(counts[place], names[place]) for place in shown])
    told = ", ".join(f"{names[place]} {counts[place]:,}" for place in shown if counts[place])
    return inline(chart, told=f"{label}, up to so many milliseconds: {told or 'nothing'}")


def _mark(milliseconds: int) -> str:
    return str(milliseconds) if milliseconds < 1000 else spelled(milliseconds)


def _bar(count: int, name: str) -> dict[str, Any]:
    return {"value": count, "label": f"{name}: {count:,}"}
