"""Templates to text: ``.html.j2`` is escaped, Markdown takes names through the filter ``line``."""

from __future__ import annotations

import base64
import functools
import hashlib
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from moderation.pages import shown
from moderation.pages.charts.latencies import latencies
from moderation.pages.charts.nights import nights
from moderation.pages.charts.scores import coarser, is_steep, scores
from moderation.pages.charts.whisker import end_of, whisker
from moderation.pages.palette import DARK, LIGHT


def render(template: str, /, **told: Any) -> str:
    """One page or card, without scripts and without anything from elsewhere.

    Args:
        template: the name of a file beside this one, as ``audit.html.j2``.
        told: what the template tells; a name that it uses and that is not there is an error.
    """
    return _environment().get_template(template).render(told)


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("moderation.pages", ""),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        style=_style(environment),
        coarser=coarser,
        end_of=end_of,
        is_steep=is_steep,
        latency_chart=latencies,
        nights_chart=nights,
        score_chart=scores,
    )
    environment.filters.update(
        breakable=shown.breakable,
        change=shown.change,
        count=shown.count,
        cut=shown.cut,
        four=shown.four,
        interval=shown.interval,
        line=shown.line,
        moment=shown.moment,
        percents=shown.percents,
        share=shown.share,
        three=shown.three,
        whisker=whisker,
    )
    return environment


def _style(environment: Environment) -> dict[str, Markup]:
    """The stylesheet, and the source expression that lets it in and no other.

    The digest is of what stands between the tags, to the byte.
    """
    text = environment.get_template("style.css.j2").render(light=LIGHT, dark=DARK)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return {"text": Markup(text), "hash": Markup(f"sha256-{digest}")}
