"""A chart as a part of its page: shapes, text and classes, and nothing that a page's policy bars.

Chart libraries write SVG as documents: with style elements and attributes, scripts, ids that
would clash, comments with dates. Here only what draws is kept, and by an allow-list; how it looks
says the stylesheet, for light and dark and paper.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from pygal.graph.graph import Graph

_DRAWN = {"g", "path", "rect", "circle", "line", "text"}
_KEPT = {
    *("class", "transform", "d", "x", "y", "x1", "x2", "y1", "y2"),
    *("width", "height", "cx", "cy", "r"),
}
_CLASSES = {
    *("plot", "axis", "x", "y", "guide", "line", "background", "title", "bars", "dots", "ci"),
    *(f"serie-{place}" for place in range(16)),
}
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")


def inline(chart: Graph, *, told: str, kind: str = "") -> Markup:
    """A chart of pygal's as inline SVG.

    Args:
        chart: with its series. A value's ``label`` is told where somebody points at it.
        kind: a class of its own for the stylesheet.
        told: what the chart shows, in words, for those who do not see it.
    """
    root = chart.render_tree()
    view, inside = root.get("viewBox", ""), Markup().join(map(_drawn, root))
    return Markup('<svg class="{}" viewBox="{}" role="img" aria-label="{}">{}</svg>').format(
        f"chart {kind}".strip(), view, told, inside
    )


def _drawn(node: Element) -> Markup:
    name = str(node.tag).rpartition("}")[2]
    if name == "desc" and node.get("class") == "label":
        return Markup("<title>{}</title>").format(node.text or "")
    if name not in _DRAWN or node.get("width") == "0":
        return Markup()
    inside = escape(node.text or "") + Markup().join(map(_drawn, node))
    if name in ("g", "text") and not inside:
        return Markup()
    kept = Markup().join(
        Markup(' {}="{}"').format(key, value)
        for key in node.keys()  # noqa: SIM118
        if key in _KEPT and (value := _short(key, node.get(key, "")))
    )
    return Markup("<{0}{1}>{2}</{0}>" if inside else "<{0}{1}/>").format(
        Markup(name),
        kept,
        inside,
    )


def _short(key: str, value: str) -> str:
    """Classes that the stylesheet knows; numbers with two digits after the point."""
    if key == "class":
        return " ".join(name for name in value.split() if name in _CLASSES)
    return _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.2f}", value)
