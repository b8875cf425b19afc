"""What charts of one page share: their size, and where an axis of counts has its marks."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any

FRAME = MappingProxyType(
    {
        "width": 440,
        "height": 190,
        "margin": 4,
        "margin_left": 12,
        "spacing": 4,
        "js": (),
        "show_legend": False,
        "show_x_guides": False,
    }
)
"""Of every chart of pygal's: units of its view box, and no script."""


def ticks(most: int) -> list[dict[str, Any]]:
    """Marks of an axis from 0 to ``most``: round numbers, about four."""
    step = _round_step(most / 4)
    return [{"value": count, "label": f"{count:,}"} for count in range(0, most + 1, step)]


def logarithmic_ticks(most: int) -> list[dict[str, Any]]:
    """Marks where heights are ``log10(1 + count)``: nought and the powers of ten."""
    powers = [10**power for power in range(math.ceil(math.log10(most + 1)) + 1)]
    shown = [0, *(power for power in powers if power <= most)]
    return [{"value": math.log10(1 + count), "label": f"{count:,}"} for count in shown]


def _round_step(rough: float) -> int:
    power = 10 ** math.floor(math.log10(max(rough, 1)))
    return next(int(k * power) for k in (1, 2, 5, 10) if k * power >= rough)
