"""A plot that matplotlib wrote as SVG, as a part of a page: its colours are those of the page.

A document's style attributes and style element are what a page's policy bars, and its colours are
those of light paper. So attributes take their place, and a colour of the palette is named by what
it is for: then it is another in the dark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType
from xml.etree import ElementTree

from markupsafe import Markup, escape

from moderation.pages.palette import LIGHT

_DRAWN = {"g", "defs", "clipPath", "path", "rect", "use", "text", "tspan"}
_PLACED = {"id", "d", "x", "y", "width", "height", "transform", "clip-path", "href"}
_STYLED = {
    *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"),
    *("stroke-dashoffset", "stroke-linejoin", "stroke-linecap", "opacity", "text-anchor"),
    "font-size",
}
_VARIABLES = MappingProxyType(
    {colour: f"var(--{name})" for name, colour in LIGHT.items()} | {"#ffffff": "none"}
)
_SIZE = re.compile(r"([\d.]+)px")
_REFERENCE = re.compile(r"^(url\()?#")


def plot(svg: bytes, *, told: str, name: str) -> Markup:
    """The plot as inline SVG.

    Args:
        svg: as matplotlib writes it, texts as texts (``svg.fonttype`` ``none``).
        told: what it shows, in words.
        name: what sets its ids apart from those of the page's other plots.
    """
    root = ElementTree.fromstring(svg)
    view = root.get("viewBox", "")
    inside = Markup().join(_drawn(child, f"{name}-") for child in root)
    return Markup(
        '<svg class="plot" viewBox="{}" role="img" aria-label="{}" '
        'stroke-linejoin="round" stroke-linecap="butt">{}</svg>'
    ).format(view, told, inside)


def _drawn(node: ElementTree.Element, prefix: str) -> Markup:
    name = node.tag.rpartition("}")[2]
    if name not in _DRAWN:
        return Markup()
    inside = escape((node.text or "").strip("\n")) + Markup().join(
        _drawn(child, prefix) for child in node
    )
    kept = Markup().join(Markup(' {}="{}"').format(*pair) for pair in _attributes(node, prefix))
    return Markup("<{0}{1}>{2}</{0}>" if inside else "<{0}{1}/>").format(Markup(name), kept, inside)


def _attributes(node: ElementTree.Element, prefix: str) -> Iterator[tuple[str, str]]:
    for qualified, value in node.attrib.items():
        key = qualified.rpartition("}")[2]
        if key == "style":
            yield from _styles(value)
        elif key == "id":
            yield key, prefix + value
        elif key in ("href", "clip-path"):
            if _REFERENCE.match(value):
                yield key, value.replace("#", f"#{prefix}", 1)
        elif key in _PLACED:
            yield key, value


def _styles(style: str) -> Iterator[tuple[str, str]]:
    for each in style.split(";"):
        key, _, value = (part.strip() for part in each.partition(":"))
        if key == "font" and (size := _SIZE.search(value)):
            yield "font-size", size[1]
        elif key in _STYLED:
            yield key, _VARIABLES.get(value, value)
