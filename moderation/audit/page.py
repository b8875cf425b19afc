"""``audit.html``: the audit as one self-contained page. Everything from a record is escaped."""

from __future__ import annotations

from moderation.audit.answers import first_answers
from moderation.audit.images import none_had, outcomes, remedy
from moderation.pages.charts.latencies import Latency
from moderation.pages.render import render as render_page
from schemas.audit import Audit


def render(audit: Audit) -> str:
    """The page of a run that is over, committed or not."""
    images = outcomes(audit.images)
    return render_page(
        "audit.html.j2",
        run=audit,
        audit=audit,
        first_answers=first_answers(audit),
        latencies=_latencies(audit),
        no_image=none_had(images),
        image_remedy=remedy(images),
        verdict_rows=audit.account.read - audit.account.dead_lettered,
    )


def _latencies(audit: Audit) -> list[Latency]:
    """Fetches and decodes, where there were any and the audit says what its buckets are."""
    bounds = audit.fetching.get("bounds_ms")
    return [
        Latency(title=title, one=one, many=many, counts=counts, bounds_ms=bounds)
        for name, title, one, many in (
            ("fetch_ms", "Time to fetch", "fetch", "fetches"),
            ("decode_ms", "Time to decode", "image", "images"),
        )
        if bounds and any(counts := audit.fetching.get(name, ()))
    ]
