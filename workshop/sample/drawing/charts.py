"""Charts with their labels, 640 × 420 pixels each."""

from __future__ import annotations

from collections.abc import Mapping

from workshop.sample.drawing.sketch import GREY, INK, PAPER, Sketch

WIDTH, HEIGHT = 640, 420
_COLOURS = ("#2f7de1", "#f2a33a", "#2fa866", "#d9594c", "#8d6cc9")


def bars(title: str, values: Mapping[str, int], *, unit: str) -> Sketch:
    """One bar per name, its value above it."""
    s = _page(title, unit)
    highest = max(values.values())
    step = 540 / len(values)
    for index, (name, value) in enumerate(values.items()):
        x = 60 + step * index + step / 2
        high = 230 * value / highest
        s.box((x - step * 0.3, 350 - high, x + step * 0.3, 350), _COLOURS[0], radius=4)
        s.text((x, 338 - high), f"{value:,}", size=19, anchor="mm", bold=True)
        s.text((x, 370), name, size=19, fill=INK, anchor="mm")
    s.line([(50, 350), (600, 350)], INK, width=2)
    return s


def curve(title: str, values: Mapping[str, float], *, unit: str) -> Sketch:
    """A line through one value per name."""
    s = _page(title, unit)
    low, top = min(values.values()), max(values.values())
    points = []
    for index, value in enumerate(values.values()):
        x = 75 + 500 * index / (len(values) - 1)
        points.append((x, 340 - 210 * (value - low) / (top - low)))
    for level in range(4):
        height = 340 - 70 * level
        s.line([(60, height), (600, height)], "#dcdfe4", width=1.2)
        s.text(
            (52, height), f"{low + (top - low) * level / 3:.0f}", size=15, fill=GREY, anchor="rm"
        )
    s.shape([(points[0][0], 340), *points, (points[-1][0], 340)], "#fbe0dc")
    s.line(points, _COLOURS[3], width=4)
    for (x, y), name in zip(points, values, strict=True):
        s.disc(x, y, 6, _COLOURS[3])
        s.text((x, 368), name, size=17, anchor="mm")
    return s


def pie(title: str, shares: Mapping[str, int], *, unit: str) -> Sketch:
    """Shares in per cent, with a legend."""
    s = _page(title, unit)
    start = -90.0
    for index, (name, share) in enumerate(shares.items()):
        colour = _COLOURS[index % len(_COLOURS)]
        s.slice((60, 110, 320, 370), (start, start + 3.6 * share), colour)
        start += 3.6 * share
        y = 150 + index * 56
        s.box((370, y - 13, 396, y + 13), colour, radius=5)
        s.text((410, y), f"{name}  {share}%", size=22, anchor="lm")
    s.disc(190, 240, 62, PAPER)
    return s


def _page(title: str, unit: str) -> Sketch:
    s = Sketch(WIDTH, HEIGHT, (PAPER,))
    s.box((0, 0, 10, HEIGHT), _COLOURS[0])
    s.text((36, 36), title, size=28, anchor="lm", bold=True)
    s.text((36, 70), unit, size=17, fill=GREY, anchor="lm")
    s.text((604, 400), "Brookfield open data", size=14, fill=GREY, anchor="rm")
    return s
