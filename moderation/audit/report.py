"""``audit.html``: the audit as one self-contained page. Everything from a record is escaped."""

from __future__ import annotations

import importlib.resources
from typing import Any

from moderation.audit.images import none_had, outcomes, remedy
from moderation.audit.tally import BINS
from schemas.audit import Audit, Histogram

_CHART_HEIGHT = 64


def render(audit: Audit) -> str:
    """The page, without scripts and without anything from elsewhere."""
    import jinja2

    source = importlib.resources.files("moderation.audit") / "report.html.j2"
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(count=_count, share=_share)
    template = environment.from_string(source.read_text(encoding="utf-8"))
    found = outcomes(audit.images)
    return template.render(
        audit=audit,
        no_image=none_had(found),
        image_remedy=remedy(found),
        charts=[_bars(histogram) for histogram in audit.histograms],
        chart_height=_CHART_HEIGHT,
        verdict_rows=audit.account.read - audit.account.dead_lettered,
    )


def _count(number: int) -> str:
    return f"{number:,}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _bars(histogram: Histogram) -> dict[str, Any]:
    top = max(histogram.counts) or 1
    return {
        "task": histogram.task,
        "label": histogram.label,
        "rows": sum(histogram.counts),
        "bars": [
            {
                "x": index,
                "height": round(_CHART_HEIGHT * rows / top, 2),
                "tip": f"{index / BINS:.2f}–{(index + 1) / BINS:.2f}: {rows:,} rows",
            }
            for index, rows in enumerate(histogram.counts)
        ],
    }
