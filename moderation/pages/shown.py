"""How figures and names are written: the filters of the templates."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from markupsafe import Markup

from schemas.metrics import Difference, Figure, Proportion

NOTHING = "–"
_WHY_NOT = {
    "few_groups": "few groups",
    "no_spread": "no spread",
    "unreliable": "no interval",
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_JOINTS = re.compile(r"(?<=[_:+/.])(?=\w{3})")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#])")


def count(number: int) -> str:
    """A number of things, as ``1,234``."""
    return f"{number:,}"


def share(part: float, whole: float) -> str:
    """Per cent, as ``12.5%``; a dash of nothing."""
    return f"{part / whole:.1%}" if whole else NOTHING


def breakable(name: str) -> Markup:
    """A name that may go on in the next line behind its ``_``, ``:``, ``+``, ``/`` and ``.``."""
    return Markup("<wbr>").join(_JOINTS.split(str(name)))


def cut(text: str, most: int) -> str:
    """The beginning of a text, with how much of it is not shown where that is much."""
    if len(text) <= most + 40:
        return text
    return f"{text[:most].rstrip()} … ({len(text) - most:,} characters more)"


def moment(value: str) -> str:
    """A time of ISO 8601 for people, as ``29 Nov 2026, 03:06:21 UTC``; as it is if it is none."""
    try:
        at = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return value
    if at.tzinfo is None:
        return value
    at = at.astimezone(timezone.utc)
    return f"{at.day} {_MONTHS[at.month - 1]} {at:%Y, %H:%M:%S} UTC"


def three(value: float | None) -> str:
    """A figure with three digits after the point; a dash where there is none."""
    return NOTHING if value is None else f"{value:.3f}"


def four(value: float | None) -> str:
    """A figure with four digits after the point; a dash where there is none."""
    return NOTHING if value is None else f"{value:.4f}"


def change(value: float | None) -> str:
    """A difference with its sign; a dash where there is none."""
    return NOTHING if value is None else f"{value:+.3f}"


def interval(figure: Figure | Proportion | Difference) -> str:
    """Both ends of a figure's interval, with signs where it is a difference's; else why not."""
    if figure.interval_95 is None:
        return _WHY_NOT.get(figure.why or "", "")
    sign = "+" if isinstance(figure, Difference) else ""
    low, high = figure.interval_95
    return f"{low:{sign}.3f} to {high:{sign}.3f}"


def percents(figure: Figure | Proportion) -> str:
    """Both ends of a share's interval in per cent, as ``1.2 to 3.4%``; else why not."""
    if figure.interval_95 is None:
        return _WHY_NOT.get(figure.why or "", "")
    low, high = figure.interval_95
    return f"{100 * low:.1f} to {100 * high:.1f}%"


def line(value: object) -> str:
    """A name from the data in Markdown: it can neither break a table nor start markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(value).split()))
