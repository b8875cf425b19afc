"""Templates to text: ``.html.j2`` is escaped, Markdown takes names through the filter ``line``."""

from __future__ import annotations

import functools
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from moderation.pages import charts, shown
from moderation.pages.palette import PALETTE


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
    environment.globals.update(palette=PALETTE)
    environment.filters.update(
        bars=charts.bars,
        change=shown.change,
        count=shown.count,
        four=shown.four,
        interval=shown.interval,
        line=shown.line,
        share=shown.share,
        three=shown.three,
        whisker=charts.whisker,
    )
    return environment
