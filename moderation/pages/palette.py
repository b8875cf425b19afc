"""The colours of pages and plots, by what they are for: on light paper, and in the dark.

Every text colour has a contrast of 4.5 or more on ``paper`` and on ``card``, in both.
"""

from __future__ import annotations

LIGHT = {
    "ink": "#17202b",
    "dim": "#556070",
    "line": "#dde2e9",
    "paper": "#ffffff",
    "card": "#f5f7f9",
    "bar": "#8796aa",
    "track": "#e9edf2",
    "blue": "#2257b8",
    "red": "#b42a20",
    "amber": "#8f5b00",
    "gold": "#d39a2a",
    "green": "#1d6b42",
    "violet": "#7044b8",
    "teal": "#0b7280",
    "brown": "#91501f",
    "slate": "#566779",
}
DARK = {
    "ink": "#e4e9f0",
    "dim": "#9ba8b8",
    "line": "#2c3644",
    "paper": "#11161d",
    "card": "#1a212b",
    "bar": "#71829a",
    "track": "#232c38",
    "blue": "#86b0ff",
    "red": "#ff8b80",
    "amber": "#e9b759",
    "gold": "#c8922b",
    "green": "#74cf9f",
    "violet": "#b799f2",
    "teal": "#5ec5d3",
    "brown": "#d99a68",
    "slate": "#93a5b9",
}
