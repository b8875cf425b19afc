"""How plots are drawn: one look, labels as plain text, the same bytes for the same figures."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from moderation.pages.palette import LIGHT
from schemas.metrics import LabelCurves

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, DIM, LINE = LIGHT["ink"], LIGHT["dim"], LIGHT["line"]
BLUE, AMBER = LIGHT["blue"], LIGHT["gold"]
COLOURS = (
    *(BLUE, AMBER, LIGHT["green"], LIGHT["red"]),
    *(LIGHT["violet"], LIGHT["teal"], LIGHT["brown"], LIGHT["slate"]),
)
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evaluation",
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "axes.edgecolor": LINE,
    "axes.labelcolor": DIM,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": DIM,
    "ytick.color": DIM,
    "legend.frameon": False,
    "legend.fontsize": 8,
}
_NAME_CHARS = 28


def one(draw: Callable[[Axes], None]) -> bytes:
    """A plot of its own."""
    return _drawn(lambda figure: draw(figure.subplots()), width=4.8, height=3.5)


def each_label(
    curves: Sequence[LabelCurves], draw: Callable[[Axes, LabelCurves], None]
) -> list[bytes]:
    """A plot for each label."""

    def of(curve: LabelCurves) -> bytes:
        return one(lambda axes: draw(axes, curve))

    return [of(curve) for curve in curves]


def _drawn(draw: Callable[[Figure], None], *, width: float, height: float) -> bytes:
    """Inches in, SVG out; the same bytes for the same figures."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height))
        FigureCanvasSVG(figure)
        draw(figure)
        ConstrainedLayoutEngine().execute(figure)  # a figure's own draws all of it once more
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def unit(axes: Axes) -> None:
    """Both axes from 0 to 1, with room for what lies on their ends."""
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.02))


def told(label: str, value: float | None) -> str:
    """A label with its figure."""
    return cut(label) if value is None else f"{cut(label)} {value:.3f}"


def cut(label: Any, chars: int = _NAME_CHARS) -> str:
    """Short and printable; a leading underscore would hide it from a legend."""
    text = "".join(c if c.isprintable() else "·" for c in str(label)).lstrip("_")
    return text if len(text) <= chars else f"{text[: chars - 1]}…"
