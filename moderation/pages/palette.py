"""The colours of pages and plots, by what they are for."""

from __future__ import annotations

PALETTE = {
    "ink": "#1c2430",
    "dim": "#667085",
    "line": "#e3e7ee",
    "paper": "#f5f7fa",
    "card": "#fff",
    "blue": "#2f6fde",
    "red": "#c8372d",
    "amber": "#c98a0c",
    "green": "#23804a",
}
